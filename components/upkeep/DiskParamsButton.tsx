'use client';
// What a cluster or a node group sets differently for its disks: fields over the contract's parameters, with what is inherited.
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { useUpdateCluster } from '@/client/clusters';
import { useUpdateNodeGroup } from '@/client/node-groups';
import { Field } from '@/components/form/Field';
import { Button } from '@/components/ui/Button';
import { ErrorPanel, type ShownError } from '@/components/ui/ErrorPanel';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import { Sheet } from '@/components/ui/Sheet';
import type { Cluster } from '@/contract/schemas/cluster';
import {
  type DiskParams,
  type DiskParamsOverride,
  DrbdOptions,
  resolveDiskParams,
} from '@/contract/schemas/disk';
import type { NodeGroup } from '@/contract/schemas/node-group';
import { drbdNames, type ParamTexts, plainNames, toOverride, toTexts } from './disk-param-fields';

export function ClusterDiskParams({ cluster }: { cluster: Cluster }) {
  const t = useTranslations('upkeep.diskParams');
  const update = useUpdateCluster();
  return (
    <DiskParamsButton
      title={t('clusterTitle', { name: cluster.name })}
      own={cluster.diskParams}
      inherited={resolveDiskParams()}
      save={(diskParams) => update.mutateAsync({ id: cluster.id, diskParams })}
      pending={update.isPending}
      error={update.error}
    />
  );
}

export function GroupDiskParams({ cluster, group }: { cluster: Cluster; group: NodeGroup }) {
  const t = useTranslations('upkeep.diskParams');
  const update = useUpdateNodeGroup();
  return (
    <DiskParamsButton
      title={t('groupTitle', { name: group.name })}
      own={group.diskParams}
      inherited={resolveDiskParams(cluster.diskParams)}
      save={(diskParams) => update.mutateAsync({ id: group.id, diskParams })}
      pending={update.isPending}
      error={update.error}
    />
  );
}

type Props = {
  title: string;
  own: DiskParamsOverride;
  inherited: DiskParams;
  save: (params: DiskParamsOverride) => Promise<unknown>;
  pending: boolean;
  error: ShownError | null;
};

function DiskParamsButton({ title, ...rest }: Props) {
  const t = useTranslations('upkeep.diskParams');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('button')}
      </Button>
      <Sheet open={isOpen} onClose={() => setOpen(false)} title={title} description={t('text')}>
        <ParamsForm {...rest} onSaved={() => setOpen(false)} />
      </Sheet>
    </>
  );
}

function ParamsForm({
  own,
  inherited,
  save,
  pending,
  error,
  onSaved,
}: Omit<Props, 'title'> & { onSaved: () => void }) {
  const t = useTranslations('upkeep.diskParams');
  const [texts, setTexts] = useState<ParamTexts>(() => toTexts(own));
  const [wrong, setWrong] = useState<string[]>([]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { override, wrong: found } = toOverride(texts);
    setWrong(found);
    // Its refusal is shown below.
    if (override && !pending) save(override).then(onSaved, () => {});
  };
  const fieldOf = (kind: 'plain' | 'drbd', name: FieldName, value: unknown) => (
    <ParamField
      key={name}
      name={name}
      inherited={String(value)}
      value={texts[`${kind}.${name}`] ?? ''}
      onChange={(text) => setTexts({ ...texts, [`${kind}.${name}`]: text })}
      isWrong={wrong.includes(`${kind}.${name}`)}
    />
  );
  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      <h3 className="font-semibold">{t('plain')}</h3>
      {plainNames.map((name) => fieldOf('plain', name, inherited.plain[name]))}
      <h3 className="border-t border-line pt-4 font-semibold">{t('drbd')}</h3>
      {drbdNames.map((name) => fieldOf('drbd', name, inherited.drbd[name]))}
      {error && <ErrorPanel error={error} compact />}
      <div className="border-t border-line pt-4">
        <Button type="submit" look="primary" pending={pending}>
          {t('save')}
        </Button>
      </div>
    </form>
  );
}

type FieldName = (typeof plainNames)[number] | (typeof drbdNames)[number];
type FieldProps = {
  name: FieldName;
  value: string;
  inherited: string;
  onChange: (text: string) => void;
  isWrong: boolean;
};

const choices: Partial<Record<FieldName, readonly string[]>> = {
  protocol: DrbdOptions.shape.protocol.options,
  disabledBarriers: DrbdOptions.shape.disabledBarriers.options,
  dynamicResync: ['true', 'false'],
  disableMetaFlush: ['true', 'false'],
};

function ParamField({ name, value, inherited, onChange, isWrong }: FieldProps) {
  const t = useTranslations('upkeep.diskParams');
  const words = new Map([
    ['true', t('yes')],
    ['false', t('no')],
  ]);
  const word = (text: string) => words.get(text) ?? text;
  const options = choices[name];
  const hint = t('inherited', { value: word(inherited) });
  return (
    <Field label={t(`fields.${name}`)} error={isWrong ? t('invalid') : undefined}>
      {(wiring) =>
        options ? (
          <Select
            {...wiring}
            value={value}
            onChange={({ target }) => onChange(target.value)}
            options={[
              { value: '', label: hint },
              ...options.map((option) => ({ value: option, label: word(option) })),
            ]}
          />
        ) : (
          <Input
            {...wiring}
            mono
            autoComplete="off"
            placeholder={hint}
            value={value}
            onChange={({ target }) => onChange(target.value)}
          />
        )
      }
    </Field>
  );
}
