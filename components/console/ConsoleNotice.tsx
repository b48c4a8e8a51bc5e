'use client';
// Why a console shows nothing, or nothing new, and what can be done about it.
import { useTranslations } from 'next-intl';
import { usePathname } from 'next/navigation';
import { StartButton } from '@/components/instances/actions/StartButton';
import { Button } from '@/components/ui/Button';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { pages } from '@/contract/paths';
import type { ConsoleKind, Instance } from '@/contract/schemas/instance';
import { whyNot } from '@/contract/instance-actions';
import type { ConsoleState } from './console-connection';
import { hasScreen } from './has-screen';

export type ConsoleNoticeProps = {
  instance: Instance;
  kind: ConsoleKind;
  state: ConsoleState;
  onReconnect: () => void;
};

/** null where there is nothing to say. */
export function useConsoleNotice({ instance, kind, state }: ConsoleNoticeProps): string | null {
  const t = useTranslations('console');
  const reasons = useTranslations('reasons');
  const refusal = whyNot(kind, instance.status, instance.job !== null);
  if (state.kind === 'ended') return t(`ends.${state.end}`);
  if (state.kind === 'open') return kind === 'serial' && isOff(instance) ? t('serialWaits') : null;
  if (refusal) return reasons(refusal);
  if (kind === 'screen' && !hasScreen(instance)) return t('screenless');
  if (state.kind === 'retrying') return state.why === 'consoleEnded' ? t('consoleEnded') : t('lost');
  return t('connecting', { name: instance.name });
}

export function ConsoleRemedy({ instance, kind, state, onReconnect }: ConsoleNoticeProps) {
  const t = useTranslations('console');
  const pathname = usePathname();
  if (state.kind === 'ended' && state.end === 'sessionEnded')
    return <ButtonLink href={pages.signIn(pathname)}>{t('signIn')}</ButtonLink>;
  if (state.kind === 'ended') return null;
  if (isOff(instance))
    return <StartButton instance={instance} look={kind === 'screen' ? 'primary' : 'plain'} />;
  if (kind === 'screen' && !hasScreen(instance))
    return <ButtonLink href={pages.instance(instance.id, 'serial')}>{t('toSerial')}</ButtonLink>;
  if (state.kind === 'retrying') return <Button onClick={onReconnect}>{t('tryNow')}</Button>;
  return null;
}

/** A strip between a console's tools and its text. */
export function ConsoleNotice(props: ConsoleNoticeProps) {
  const text = useConsoleNotice(props);
  if (!text) return null;
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 border-b bg-sunken px-3 py-1.5 text-sm">
      <p className="min-w-0 flex-1 text-soft">{text}</p>
      <ConsoleRemedy {...props} />
    </div>
  );
}

function isOff({ status }: Instance): boolean {
  return whyNot('start', status, false) === null;
}
