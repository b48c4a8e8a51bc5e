'use client';
// The page of one user: who it is, what may be taken, what was done, and whether one may sign in.
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { asAppError } from '@/client/fetch-json';
import { useViewer } from '@/client/session';
import { userQuery } from '@/client/users';
import { AuditList } from '@/components/audit/AuditList';
import { Crumb } from '@/components/frame/Crumb';
import { Badge } from '@/components/ui/Badge';
import { CopyText } from '@/components/ui/CopyText';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { FactStrip } from '@/components/ui/KeyValue';
import { PageHeader } from '@/components/ui/PageHeader';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { pages } from '@/contract/paths';
import type { User } from '@/contract/schemas/user';
import { EditUser } from './EditUser';
import { RoleWord } from './user-columns';
import { UserAccess } from './UserAccess';
import { UserBadge } from './UserBadge';
import { UserQuotas } from './UserQuotas';

export function UserView({ id }: { id: string }) {
  const t = useTranslations('users');
  const viewer = useViewer();
  const { data: user, error } = useQuery(userQuery(id));
  if (!user) return error ? <ErrorPanel error={asAppError(error)} /> : null;
  return (
    <div className="grid gap-4">
      <Crumb label={user.name} />
      <PageHeader
        title={user.name}
        badge={
          <>
            <UserBadge user={user} look="filled" />
            <Badge>
              <RoleWord role={user.role} />
            </Badge>
            {viewer.id === id && <Badge>{t('you')}</Badge>}
          </>
        }
        actions={<EditUser user={user} />}
      />
      <UserFacts user={user} />
      <UserQuotas userId={id} />
      <section aria-label={t('activity')} className="grid gap-2">
        <h2 className="font-semibold">{t('activity')}</h2>
        <AuditList of={{ userId: id }} />
      </section>
      <UserAccess user={user} />
    </div>
  );
}

function UserFacts({ user }: { user: User }) {
  const t = useTranslations('users.facts');
  const instances = (
    <Link
      href={`${pages.instances()}?ownerId=${user.id}`}
      className="underline underline-offset-2 hover:text-accent"
    >
      {user.instances}
    </Link>
  );
  return (
    <FactStrip
      facts={[
        { label: t('login'), value: <CopyText text={user.login} /> },
        { label: t('instances'), value: instances },
        { label: t('lastSignIn'), value: <RelativeTime at={user.lastSignInAt} /> },
        { label: t('created'), value: <RelativeTime at={user.createdAt} /> },
      ]}
    />
  );
}
