import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { safeNext } from '@/client/sign-in';
import { SignInForm } from '@/components/auth/SignInForm';
import { en } from '@/messages/en';
import { pageContext } from '@/server/auth/page-context';

export const metadata: Metadata = { title: en.auth.signIn };

type Props = { searchParams: Promise<{ next?: string | string[]; done?: string | string[] }> };

export default async function SignInPage({ searchParams }: Props) {
  const { next, done } = await searchParams;
  const { actor } = await pageContext();
  if (actor) redirect(safeNext(next));
  return <SignInForm next={safeNext(next)} notice={done === 'password' ? 'passwordSet' : null} />;
}
