import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { Mark } from '@/components/auth/Mark';

export const metadata: Metadata = { title: { default: 'Corral', template: '%s · Corral' } };

// Every page depends on who asks.
export const dynamic = 'force-dynamic';

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <main className="mx-auto flex min-h-screen w-full max-w-[22rem] flex-col px-4 pt-[16vh] pb-10">
      <Mark className="mb-6" />
      {children}
    </main>
  );
}
