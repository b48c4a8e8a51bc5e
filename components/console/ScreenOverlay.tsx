'use client';
import { useTranslations } from 'next-intl';
import { Spinner } from '@/components/ui/Spinner';
import { hasScreen } from './has-screen';
import { ConsoleRemedy, useConsoleNotice, type ConsoleNoticeProps } from './ConsoleNotice';

/** Covers the place of the screen while there is none: why, and what to do about it. */
export function ScreenOverlay(props: ConsoleNoticeProps) {
  const t = useTranslations('console');
  const text = useConsoleNotice(props);
  const { state } = props;
  const isOnItsWay = (state.kind === 'connecting' || state.kind === 'retrying') && hasScreen(props.instance);
  if (!text) return null;
  return (
    <div className="absolute inset-0 grid place-items-center bg-canvas p-6 text-center">
      <div className="flex max-w-md flex-col items-center gap-3">
        {isOnItsWay && <Spinner className="size-5 text-working" />}
        <div>
          {!isOnItsWay && <p className="text-lg font-medium">{t('noScreen')}</p>}
          <p className="text-soft">{text}</p>
        </div>
        <ConsoleRemedy {...props} />
      </div>
    </div>
  );
}
