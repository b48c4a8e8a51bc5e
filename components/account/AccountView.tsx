'use client';
import { useTranslations } from 'next-intl';
import { useViewer } from '@/client/session';
import { CopyText } from '@/components/ui/CopyText';
import { FactList } from '@/components/ui/KeyValue';
import { PageHeader } from '@/components/ui/PageHeader';
import { Section } from '@/components/ui/Section';
import { OwnQuotas } from './OwnQuotas';
import { PasswordForm } from './PasswordForm';
import { ThemeChoice } from './ThemeChoice';

/** One's own data. Name and role are changed by operators. */
export function AccountView() {
  const t = useTranslations('account');
  const roles = useTranslations('states.role');
  const viewer = useViewer();
  return (
    <>
      <PageHeader title={t('title')} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="grid gap-4">
          <Section title={t('you')}>
            <FactList
              facts={[
                { label: t('name'), value: viewer.name },
                { label: t('login'), value: <CopyText text={viewer.login} /> },
                { label: t('role'), value: roles(viewer.role) },
              ]}
            />
          </Section>
          <Section title={t('quotas')} help={t('quotasHelp')}>
            <OwnQuotas userId={viewer.id} />
          </Section>
        </div>
        <div className="grid gap-4">
          <Section title={t('password')} help={t('passwordHelp')}>
            <PasswordForm login={viewer.login} />
          </Section>
          <Section title={t('appearance')}>
            <ThemeChoice />
          </Section>
        </div>
      </div>
    </>
  );
}
