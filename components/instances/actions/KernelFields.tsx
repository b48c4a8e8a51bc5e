'use client';
import { useFormatter, useTranslations } from 'next-intl';
import { Field } from '@/components/form/Field';
import { Input } from '@/components/ui/Input';
import { kernelFolders } from '@/contract/schemas/hv-params';
import { kernelTexts, type StartValues, wrongTexts } from './start-wish';

type Props = {
  values: StartValues;
  /** What is wrong is told from the first try on. */
  isChecked: boolean;
  onChange: (kernel: StartValues['kernel']) => void;
};

/** A kernel that lies on the node, and what belongs to it. */
export function KernelFields({ values, isChecked, onChange }: Props) {
  const t = useTranslations('instances.startDialog');
  const words = useTranslations('machine.params');
  const wrong = isChecked ? wrongTexts(values) : [];
  const folders = useFormatter().list(kernelFolders, { type: 'disjunction' });
  const problem = (name: (typeof kernelTexts)[number]) =>
    name === 'kernelPath' || name === 'initrdPath' ? t('fileInvalid', { folders }) : t('textInvalid');
  return (
    <fieldset className="grid gap-3">
      <legend className="sr-only">{t('boots.kernel')}</legend>
      {kernelTexts.map((name) => (
        <Field key={name} label={words(name)} error={wrong.includes(name) ? problem(name) : undefined}>
          {(wiring) => (
            <Input
              {...wiring}
              mono
              autoComplete="off"
              value={values.kernel[name]}
              placeholder={name === 'kernelPath' ? `${kernelFolders[0]}/vmlinuz` : t('asConfigured')}
              onChange={({ target }) => onChange({ ...values.kernel, [name]: target.value })}
            />
          )}
        </Field>
      ))}
    </fieldset>
  );
}
