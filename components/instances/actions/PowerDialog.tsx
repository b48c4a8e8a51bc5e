'use client';
// Stop and reboot ask the same: kindly, with a time limit, or at once in one way or another.
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { NumberField } from '@/components/ui/NumberField';
import { RadioCards } from '@/components/ui/RadioCards';
import { longestShutdownS } from '@/contract/schemas/instance';

/** `kind`: the guest is asked first, and has some time; the other ways give it none. */
export type PowerWay<W extends string> = {
  way: W;
  kind: boolean;
  title: string;
  help: string;
  submit: string;
};

type Props<W extends string> = {
  title: string;
  /** Names the choice for screen readers. */
  label: string;
  timeLabel: string;
  /** The first one is chosen at first. */
  ways: readonly [PowerWay<W>, ...PowerWay<W>[]];
  onSubmit: (wish: { way: W; timeoutS: number }) => void;
  onClose: () => void;
  pending: boolean;
};

const firstTimeoutS = 120;

export function PowerDialog<W extends string>(props: Props<W>) {
  const { title, label, timeLabel, ways, onSubmit, onClose, pending } = props;
  const t = useTranslations('instances');
  const [way, setWay] = useState(ways[0].way);
  const [timeoutS, setTimeoutS] = useState<number>(firstTimeoutS);
  const chosen = ways.find((one) => one.way === way) ?? ways[0];
  const invalid = chosen.kind && !(timeoutS >= 1 && timeoutS <= longestShutdownS);
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            look={chosen.kind ? 'primary' : 'danger'}
            pending={pending}
            disabledReason={invalid ? t('timeoutInvalid') : null}
            onClick={() => onSubmit({ way: chosen.way, timeoutS })}
          >
            {chosen.submit}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <RadioCards
          name="power-how"
          label={label}
          value={way}
          onChange={setWay}
          cards={ways.map((one) => ({ value: one.way, title: one.title, help: one.help }))}
        />
        <div className={chosen.kind ? undefined : 'invisible'}>
          <TimeField label={timeLabel} value={timeoutS} onChange={setTimeoutS} invalid={invalid} />
        </div>
      </div>
    </Dialog>
  );
}

type TimeProps = { label: string; value: number; onChange: (seconds: number) => void; invalid: boolean };

function TimeField({ label, value, onChange, invalid }: TimeProps) {
  const t = useTranslations('instances');
  const id = useId();
  return (
    <div className="grid justify-start gap-1 text-soft">
      <label htmlFor={id}>{label}</label>
      <NumberField
        id={id}
        value={value}
        onChange={onChange}
        min={1}
        max={longestShutdownS}
        step={30}
        aria-invalid={invalid || undefined}
        stepLabels={{ less: t('shorter'), more: t('longer') }}
      />
    </div>
  );
}
