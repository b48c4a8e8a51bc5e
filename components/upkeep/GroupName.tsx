'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { useCreateNodeGroup, useUpdateNodeGroup } from '@/client/node-groups';
import { SheetForm } from '@/components/form/SheetForm';
import { TextField } from '@/components/form/TextField';
import type { ShownError } from '@/components/ui/ErrorPanel';
import { Button } from '@/components/ui/Button';
import type { Cluster } from '@/contract/schemas/cluster';
import { NodeGroupCreate, type NodeGroup } from '@/contract/schemas/node-group';

export function CreateGroup({ cluster }: { cluster: Cluster }) {
  const t = useTranslations('upkeep.groups');
  const create = useCreateNodeGroup();
  return (
    <NameSheet
      button={t('create')}
      title={t('createTitle')}
      name=""
      pending={create.isPending}
      error={create.error}
      onSubmit={({ name }) => create.mutateAsync({ clusterId: cluster.id, name })}
    />
  );
}

export function RenameGroup({ group }: { group: NodeGroup }) {
  const t = useTranslations('upkeep.groups');
  const update = useUpdateNodeGroup();
  return (
    <NameSheet
      button={t('rename')}
      title={t('renameTitle', { name: group.name })}
      name={group.name}
      pending={update.isPending}
      error={update.error}
      onSubmit={({ name }) => update.mutateAsync({ id: group.id, name })}
    />
  );
}

type Props = {
  button: string;
  title: string;
  name: string;
  pending: boolean;
  error: ShownError | null;
  onSubmit: (values: NodeGroupCreate) => Promise<unknown>;
};

function NameSheet({ button, ...rest }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {button}
      </Button>
      {isOpen && <NameForm {...rest} onClose={() => setOpen(false)} />}
    </>
  );
}

type FormProps = Omit<Props, 'button'> & { onClose: () => void };

function NameForm({ title, name, pending, error, onSubmit, onClose }: FormProps) {
  const t = useTranslations('upkeep.groups');
  const form = useForm({ resolver: zodResolver(NodeGroupCreate), defaultValues: { name } });
  const submit = async (values: NodeGroupCreate) => {
    await onSubmit(values);
    onClose();
  };
  return (
    <SheetForm
      open
      onClose={onClose}
      title={title}
      form={form}
      onSubmit={submit}
      pending={pending}
      error={error}
      submitLabel={t('save')}
    >
      <TextField form={form} name="name" label={t('name')} mono autoFocus autoComplete="off" />
    </SheetForm>
  );
}
