'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { RebootDialog } from '@/components/instances/actions/RebootDialog';
import { useParamWords } from '@/components/machine/ParamFields';
import { textOf } from '@/components/machine/param-fields';
import { Button } from '@/components/ui/Button';
import { StateShape } from '@/components/ui/StateShape';
import { whyNot } from '@/contract/instance-actions';
import type { Instance } from '@/contract/schemas/instance';
import type { PendingChange } from '@/contract/schemas/instance-parts';
import { formatMiB } from '@/contract/units';

/** What of the configuration the running machine does not have yet. */
export function PendingBanner({ instance }: { instance: Instance }) {
  const t = useTranslations('machine.pending');
  const reasons = useTranslations('reasons');
  const [isAsking, setAsking] = useState(false);
  const { pending, status, job } = instance;
  if (pending.length === 0) return null;
  const refusal = whyNot('reboot', status, job !== null);
  return (
    <section aria-label={t('title')} className="rounded-lg border border-line bg-attention-wash px-4 py-3">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-56 flex-1">
          <h2 className="flex items-center gap-2.5 font-semibold">
            <span className="text-attention">
              <StateShape tone="attention" />
            </span>
            {t('title')}
          </h2>
          <p className="text-sm text-soft">{t('text')}</p>
          <ul className="mt-1.5 text-sm">
            {pending.map((change) => (
              <Change key={`${change.what}${change.disk ?? ''}`} change={change} />
            ))}
          </ul>
        </div>
        <Button disabledReason={refusal && reasons(refusal)} onClick={() => setAsking(true)}>
          {t('restart')}
        </Button>
      </div>
      {isAsking && <RebootDialog instance={instance} onClose={() => setAsking(false)} />}
    </section>
  );
}

function Change({ change: { what, disk = 0, running, wanted } }: { change: PendingChange }) {
  const t = useTranslations('machine');
  const words = useParamWords();
  const say = (value: PendingChange['running']) => {
    if (what === 'diskMode') return t(value === 'ro' ? 'disks.modeRo' : 'disks.modeRw');
    return what === 'memoryMiB' ? formatMiB(Number(value)) : words(textOf(value));
  };
  const name = what === 'diskMode' ? t('pending.disk', { index: disk }) : t(`params.${what}`);
  return <li>{t('pending.change', { what: name, running: say(running), wanted: say(wanted) })}</li>;
}
