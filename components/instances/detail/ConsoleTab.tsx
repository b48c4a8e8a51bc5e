'use client';
// The consoles bring noVNC and xterm, so they are loaded only where one looks at them, and only in the browser.
import { useSuspenseQuery } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import { instanceQuery } from '@/client/instances';
import { Skeleton } from '@/components/ui/Skeleton';
import type { ConsoleKind } from '@/contract/schemas/instance';

const loading = () => <Skeleton className="h-full! rounded-lg!" />;
const consoles = {
  screen: dynamic(() => import('@/components/console/ScreenConsole').then((module) => module.ScreenConsole), {
    ssr: false,
    loading,
  }),
  serial: dynamic(() => import('@/components/console/SerialConsole').then((module) => module.SerialConsole), {
    ssr: false,
    loading,
  }),
};

export function ConsoleTab({ id, kind }: { id: string; kind: ConsoleKind }) {
  const { data: instance } = useSuspenseQuery(instanceQuery(id));
  const Console = consoles[kind];
  return (
    <div className="h-[calc(100dvh-14rem)] min-h-96 min-w-0 max-sm:h-[calc(100dvh-18.5rem)]">
      <Console instance={instance} />
    </div>
  );
}
