'use client';
// What cloud-init is told, as two texts. They are checked when the whole form is.
import { useTranslations } from 'next-intl';
import { Field } from '@/components/form/Field';
import { fieldStyle } from '@/components/ui/Input';

export type SeedTexts = { sshKeys: string; userData: string };

type Props = {
  texts: SeedTexts;
  errors: { sshKeys?: string; userData?: string };
  onChange: (texts: SeedTexts) => void;
};

const style = `${fieldStyle} h-auto! py-2 font-mono text-[13px]`;

export function SeedFields({ texts, errors, onChange }: Props) {
  const t = useTranslations('instances.seed');
  return (
    <>
      <Field label={t('sshKeys')} help={t('sshKeysHelp')} error={errors.sshKeys}>
        {(wiring) => (
          <textarea
            {...wiring}
            rows={3}
            spellCheck={false}
            value={texts.sshKeys}
            className={style}
            onChange={({ target }) => onChange({ ...texts, sshKeys: target.value })}
          />
        )}
      </Field>
      <Field label={t('userData')} help={t('userDataHelp')} error={errors.userData}>
        {(wiring) => (
          <textarea
            {...wiring}
            rows={8}
            spellCheck={false}
            value={texts.userData}
            placeholder="#cloud-config"
            className={style}
            onChange={({ target }) => onChange({ ...texts, userData: target.value })}
          />
        )}
      </Field>
    </>
  );
}
