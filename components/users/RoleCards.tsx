'use client';
import { useTranslations } from 'next-intl';
import { RadioCards } from '@/components/ui/RadioCards';
import { UserRole } from '@/contract/schemas/user';

type Props = {
  value: UserRole;
  onChange: (role: UserRole) => void;
  /** Why the role stays as it is. */
  fixedReason?: string;
};

export function RoleCards({ value, onChange, fixedReason }: Props) {
  const t = useTranslations('users');
  const roles = useTranslations('states.role');
  return (
    <div className="grid gap-1">
      <span className="font-medium">{t('fields.role')}</span>
      <RadioCards
        name="role"
        label={t('fields.role')}
        value={value}
        onChange={onChange}
        cards={UserRole.options.map((role) => ({
          value: role,
          title: roles(role),
          help: t(`roleHelp.${role}`),
          disabledReason: role === value ? undefined : fixedReason,
        }))}
      />
    </div>
  );
}
