'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { asAppError } from '@/client/fetch-json';
import { useViewer } from '@/client/session';
import { useUpdateUser } from '@/client/users';
import { SheetForm } from '@/components/form/SheetForm';
import { TextField } from '@/components/form/TextField';
import { Button } from '@/components/ui/Button';
import { type User, UserCreate } from '@/contract/schemas/user';
import { RoleCards } from './RoleCards';

const UserEdit = UserCreate.pick({ name: true, role: true });

export function EditUser({ user }: { user: User }) {
  const t = useTranslations('users');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        {t('edit')}
      </Button>
      {isOpen && <EditSheet user={user} onClose={() => setOpen(false)} />}
    </>
  );
}

function EditSheet({ user, onClose }: { user: User; onClose: () => void }) {
  const t = useTranslations('users');
  const viewer = useViewer();
  const update = useUpdateUser();
  const form = useForm({
    resolver: zodResolver(UserEdit),
    defaultValues: { name: user.name, role: user.role },
  });
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('editTitle', { name: user.name })}
      form={form}
      onSubmit={async (values) => {
        await update.mutateAsync({ id: user.id, ...values });
        onClose();
      }}
      pending={update.isPending}
      error={update.error && asAppError(update.error)}
      submitLabel={t('save')}
    >
      <TextField
        form={form}
        name="name"
        autoFocus
        autoComplete="off"
        label={t('fields.name')}
        help={t('fields.nameHelp')}
      />
      <Controller
        control={form.control}
        name="role"
        render={({ field }) => (
          <RoleCards
            value={field.value}
            onChange={field.onChange}
            fixedReason={viewer.id === user.id ? t('ownRole') : undefined}
          />
        )}
      />
    </SheetForm>
  );
}
