'use client';
import { clsx } from 'clsx';
import { useTranslations } from 'next-intl';
import { useId, useRef, useState } from 'react';
import { createConsoleTicket } from '@/client/instances';
import type { Instance } from '@/contract/schemas/instance';
import { whyNot } from '@/contract/instance-actions';
import { ConsoleBar } from './ConsoleBar';
import { hasScreen } from './has-screen';
import { createScreenViewer, type ScreenScale } from './screen-viewer';
import { ScreenOverlay } from './ScreenOverlay';
import { ScreenTools } from './ScreenTools';
import { useConsole } from './use-console';
import { useFullScreen } from './use-full-screen';
import { useKeptKeys } from './use-kept-keys';
import { WayOutHint } from './WayOutHint';

/** The instance's screen, keyboard and pointer. It connects by itself as soon as there is a screen, and again when it was lost. */
export function ScreenConsole({ instance }: { instance: Instance }) {
  const t = useTranslations('console');
  const hintId = useId();
  const toolsRef = useRef<HTMLDivElement>(null);
  const { isFull, toggle } = useFullScreen();
  const [isViewOnly, setViewOnly] = useState(false);
  const [scale, setScale] = useState<ScreenScale>('fit');
  const label = t('screenOf', { name: instance.name });
  const { placeRef, viewer, state, reconnect } = useConsole({
    createViewer: (element) => createScreenViewer({ element, label, descriptionId: hintId }),
    requestTicket: () => createConsoleTicket(instance.id, 'screen'),
    isReachable: hasScreen(instance) && whyNot('screen', instance.status, instance.job !== null) === null,
    wakeKey: `${instance.operState} ${instance.operSince}`,
  });
  useKeptKeys(placeRef, toolsRef);
  const look = {
    isFull,
    toggleFull: toggle,
    isViewOnly,
    setViewOnly: (next: boolean) => {
      setViewOnly(next);
      viewer?.setViewOnly(next);
    },
    scale,
    setScale: (next: ScreenScale) => {
      setScale(next);
      viewer?.setScale(next);
    },
  };

  return (
    <section
      aria-label={label}
      className={clsx(
        'flex flex-col overflow-hidden bg-panel',
        isFull ? 'fixed inset-0 z-30' : 'h-full min-h-80 rounded-lg border',
      )}
    >
      <ConsoleBar state={state} toolsRef={toolsRef}>
        <ScreenTools name={instance.name} viewer={viewer} isOpen={state.kind === 'open'} look={look} />
      </ConsoleBar>
      <div className="relative min-h-0 flex-1 overflow-hidden bg-[#0b0d0f] focus-within:shadow-[inset_0_0_0_2px_var(--accent)]">
        <div ref={placeRef} className="absolute inset-0.5" />
        <ScreenOverlay instance={instance} kind="screen" state={state} onReconnect={reconnect} />
      </div>
      <footer className="flex items-center gap-3 border-t px-3 py-1.5">
        <WayOutHint id={hintId} />
      </footer>
    </section>
  );
}
