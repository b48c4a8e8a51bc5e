'use client';
// Creates a user in a side sheet, then shows once the link with which that user sets a password.
import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Controller, useForm } from 'react-hook-form';
import { asAppError } from '@/client/fetch-json';
import { useCreateUser } from '@/client/users';
import { SheetForm } from '@/components/form/SheetForm';
import { TextField } from '@/components/form/TextField';
import { Button } from '@/components/ui/Button';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { Sheet } from '@/components/ui/Sheet';
import { pages } from '@/contract/paths';
import { UserCreate, type UserCreated } from '@/contract/schemas/user';
import { OneTimeLink } from './OneTimeLink';
import { RoleCards } from './RoleCards';

type Shown = { kind: 'nothing' } | { kind: 'form' } | { kind: 'link'; created: UserCreated };

export function CreateUser() {
  const t = useTranslations('users');
  const [shown, setShown] = useState<Shown>({ kind: 'nothing' });
  const close = () => setShown({ kind: 'nothing' });
  const open = () => setShown({ kind: 'form' });
  return (
    <>
      <Button look="primary" onClick={open}>
        {t('create')}
      </Button>
      {shown.kind === 'form' && (
        <CreateSheet onClose={close} onCreated={(created) => setShown({ kind: 'link', created })} />
      )}
      {shown.kind === 'link' && <CreatedSheet created={shown.created} onClose={close} onAnother={open} />}
    </>
  );
}

const start: UserCreate = { login: '', name: '', role: 'customer' };

type SheetProps = { onClose: () => void; onCreated: (created: UserCreated) => void };

function CreateSheet({ onClose, onCreated }: SheetProps) {
  const t = useTranslations('users');
  const create = useCreateUser();
  const form = useForm({ resolver: zodResolver(UserCreate), defaultValues: start });
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('createSheet.title')}
      description={t('createSheet.description')}
      form={form}
      onSubmit={async (values) => onCreated(await create.mutateAsync(values))}
      pending={create.isPending}
      error={create.error && asAppError(create.error)}
      submitLabel={t('create')}
    >
      <TextField
        form={form}
        name="login"
        mono
        autoFocus
        autoComplete="off"
        spellCheck={false}
        label={t('fields.login')}
        help={t('fields.loginHelp')}
      />
      <TextField
        form={form}
        name="name"
        autoComplete="off"
        label={t('fields.name')}
        help={t('fields.nameHelp')}
      />
      <Controller
        control={form.control}
        name="role"
        render={({ field }) => <RoleCards value={field.value} onChange={field.onChange} />}
      />
    </SheetForm>
  );
}

type CreatedProps = { created: UserCreated; onClose: () => void; onAnother: () => void };

function CreatedSheet({ created: { user, link }, onClose, onAnother }: CreatedProps) {
  const t = useTranslations('users.created');
  return (
    <Sheet
      open
      onClose={onClose}
      title={t('title', { name: user.name })}
      footer={
        <>
          <Button look="quiet" onClick={onAnother}>
            {t('another')}
          </Button>
          <ButtonLink href={pages.user(user.id)}>{t('open')}</ButtonLink>
          <Button look="primary" onClick={onClose}>
            {t('done')}
          </Button>
        </>
      }
    >
      <OneTimeLink link={link} text={t('text', { name: user.name })} />
    </Sheet>
  );
}
