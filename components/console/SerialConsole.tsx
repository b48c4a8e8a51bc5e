'use client';
import '@xterm/xterm/css/xterm.css';
import { useTranslations } from 'next-intl';
import { useId, useRef, useState } from 'react';
import { createConsoleTicket } from '@/client/instances';
import type { Instance } from '@/contract/schemas/instance';
import { whyNot } from '@/contract/instance-actions';
import { ConsoleBar } from './ConsoleBar';
import { ConsoleNotice } from './ConsoleNotice';
import { LinkDialog } from './LinkDialog';
import { createSerialTerminal } from './serial-terminal';
import { SerialTools } from './SerialTools';
import { useConsole } from './use-console';
import { useFontSize } from './use-font-size';
import { useKeptKeys } from './use-kept-keys';
import { WayOutHint } from './WayOutHint';

/** The serial line: history first, then what the instance writes, for as many viewers as there are. */
export function SerialConsole({ instance }: { instance: Instance }) {
  const t = useTranslations('console');
  const hintId = useId();
  const toolsRef = useRef<HTMLDivElement>(null);
  const text = useFontSize();
  const [link, setLink] = useState<string | null>(null);
  const { placeRef, viewer, state, reconnect } = useConsole({
    createViewer: (element) =>
      createSerialTerminal({
        element,
        label: t('serialOf', { name: instance.name }),
        fontSize: text.fontSize,
        onLink: setLink,
      }),
    requestTicket: () => createConsoleTicket(instance.id, 'serial'),
    isReachable: whyNot('serial', instance.status, instance.job !== null) === null,
    wakeKey: `${instance.operState} ${instance.operSince}`,
  });
  useKeptKeys(placeRef, toolsRef);

  return (
    <section
      aria-label={t('serialOf', { name: instance.name })}
      aria-describedby={hintId}
      className="flex h-full min-h-80 flex-col overflow-hidden rounded-lg border bg-panel"
    >
      <ConsoleBar state={state} toolsRef={toolsRef}>
        <SerialTools
          name={instance.name}
          viewer={viewer}
          isOpen={state.kind === 'open'}
          onTextSize={(byPx) => viewer?.setFontSize(text.change(byPx))}
        />
      </ConsoleBar>
      <ConsoleNotice instance={instance} kind="serial" state={state} onReconnect={reconnect} />
      <div className="relative min-h-0 flex-1 overflow-hidden bg-[#0b0d0f] focus-within:shadow-[inset_0_0_0_2px_var(--accent)]">
        <div ref={placeRef} className="absolute inset-2 font-mono" />
      </div>
      <footer className="border-t px-3 py-1.5">
        <WayOutHint id={hintId} />
      </footer>
      <LinkDialog url={link} onClose={() => setLink(null)} />
    </section>
  );
}
