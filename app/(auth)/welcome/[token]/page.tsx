import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { WelcomeForm } from '@/components/auth/WelcomeForm';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { AppError } from '@/contract/errors';
import { pages } from '@/contract/paths';
import { en } from '@/messages/en';
import { pageContext } from '@/server/auth/page-context';
import { getPasswordLink } from '@/server/usecases/password-links';

// The address is a secret: it must not travel on as a referrer.
export const metadata: Metadata = { title: en.auth.welcome, referrer: 'no-referrer' };

type Props = { params: Promise<{ token: string }> };

export default async function WelcomePage({ params }: Props) {
  const { token } = await params;
  const info = await findLink(token);
  if (info) return <WelcomeForm token={token} firstOperator={info.firstOperator} login={info.login} />;
  const t = await getTranslations('auth');
  return (
    <div className="grid justify-items-start gap-3">
      <h1 className="text-xl font-semibold tracking-tight">{t('linkUsed')}</h1>
      <p className="text-soft">{t('linkUsedText')}</p>
      <ButtonLink href={pages.signIn()}>{t('toSignIn')}</ButtonLink>
    </div>
  );
}

async function findLink(token: string) {
  try {
    return await getPasswordLink(await pageContext(), { token });
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  }
}
