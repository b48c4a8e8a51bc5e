'use client';
// Stop and reboot ask the same: kindly, with a time limit, or at once.
import { useTranslations } from 'next-intl';
import { useId, useState, type ReactNode } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { NumberField } from '@/components/ui/NumberField';
import { RadioCards } from '@/components/ui/RadioCards';
import { longestShutdownS } from '@/contract/schemas/instance';

export type PowerWish = { isHard: boolean; timeoutS: number };

type Props = {
  title: string;
  texts: {
    how: string;
    soft: string;
    softHint: string;
    hard: string;
    hardHint: string;
    timeout: string;
    submit: string;
    submitHard: string;
  };
  onSubmit: (wish: PowerWish) => void;
  onClose: () => void;
  pending: boolean;
};

const firstTimeoutS = 120;

export function PowerDialog({ title, texts, onSubmit, onClose, pending }: Props) {
  const t = useTranslations('instances');
  const fieldId = useId();
  const [isHard, setHard] = useState(false);
  const [timeoutS, setTimeoutS] = useState<number>(firstTimeoutS);
  const invalid = !isHard && !(timeoutS >= 1 && timeoutS <= longestShutdownS);
  const timeout: ReactNode = (
    <div className="grid justify-start gap-1 text-soft">
      <label htmlFor={fieldId}>{texts.timeout}</label>
      <NumberField
        id={fieldId}
        value={timeoutS}
        onChange={setTimeoutS}
        min={1}
        max={longestShutdownS}
        step={30}
        aria-invalid={invalid || undefined}
        stepLabels={{ less: t('shorter'), more: t('longer') }}
      />
    </div>
  );

  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            look={isHard ? 'danger' : 'primary'}
            pending={pending}
            disabledReason={invalid ? t('timeoutInvalid') : null}
            onClick={() => onSubmit({ isHard, timeoutS })}
          >
            {isHard ? texts.submitHard : texts.submit}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <RadioCards
          name="power-how"
          label={texts.how}
          value={isHard ? 'hard' : 'soft'}
          onChange={(value) => setHard(value === 'hard')}
          cards={[
            { value: 'soft', title: texts.soft, help: texts.softHint },
            { value: 'hard', title: texts.hard, help: texts.hardHint },
          ]}
        />
        <div className={isHard ? 'invisible' : undefined}>{timeout}</div>
      </div>
    </Dialog>
  );
}
