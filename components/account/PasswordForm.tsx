'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useTranslations } from 'next-intl';
import { useForm, useWatch } from 'react-hook-form';
import { toast } from 'sonner';
import { useChangePassword } from '@/client/session';
import { PasswordHint } from '@/components/auth/PasswordHint';
import { FormError } from '@/components/form/FormError';
import { TextField } from '@/components/form/TextField';
import { useSubmit } from '@/components/form/use-submit';
import { Button } from '@/components/ui/Button';
import { PasswordChange } from '@/contract/schemas/user';

const empty = { current: '', next: '' };

/** Changing the password signs out everywhere else. */
export function PasswordForm({ login }: { login: string }) {
  const t = useTranslations('account');
  const change = useChangePassword();
  const form = useForm({ resolver: zodResolver(PasswordChange), defaultValues: empty });
  const next = useWatch({ control: form.control, name: 'next' });
  const submit = useSubmit({
    form,
    pending: change.isPending,
    onSubmit: async (values) => {
      await change.mutateAsync(values);
      form.reset(empty);
      toast(t('passwordChanged'));
    },
  });
  return (
    <form noValidate onSubmit={submit} className="grid max-w-sm gap-4">
      {/* Tells password managers whose password this is. */}
      <input type="hidden" autoComplete="username" value={login} readOnly />
      <TextField
        form={form}
        name="current"
        label={t('current')}
        type="password"
        autoComplete="current-password"
      />
      <TextField
        form={form}
        name="next"
        label={t('next')}
        type="password"
        autoComplete="new-password"
        help={<PasswordHint password={next} />}
      />
      <FormError form={form} error={change.error} />
      <div>
        <Button type="submit" pending={change.isPending}>
          {t('changePassword')}
        </Button>
      </div>
    </form>
  );
}
