'use client';
import { useTranslations } from 'next-intl';
import { type UseFormReturn, useFormState } from 'react-hook-form';
import { Field } from '@/components/form/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import type { HypervisorKind } from '@/contract/hypervisor-kind';
import { resolveHvParams } from '@/contract/schemas/hv-kinds';
import type { HvParam } from '@/contract/schemas/hv-params';
import type { Instance } from '@/contract/schemas/instance';
import type { ModifyValues, Wrong } from './modify-values';
import { choicesOf, groupNames, noneText, paramsFor, textOf } from './param-fields';

type Props = {
  form: UseFormReturn<ModifyValues>;
  instance: Instance;
  wrong: readonly Wrong[];
  isOperator: boolean;
};

/** In groups that fold: most instances inherit all of them. One that sets something is open. */
export function ParamFields({ form, instance, wrong, isOperator }: Props) {
  const t = useTranslations('machine');
  const inherited = resolveHvParams(instance.hypervisor, {
    cluster: instance.inheritedHvParams,
    instance: {},
  });
  const isSet = (name: HvParam) => instance.hvParams[name] !== undefined || wrong.includes(name);
  return (
    <section aria-label={t('modify.params')} className="grid gap-2 border-t border-line pt-4">
      <h3 className="font-semibold">{t('modify.params')}</h3>
      <p className="text-sm text-faint">{t('modify.paramsHint')}</p>
      {groupNames.map((group) => {
        const names = paramsFor(group, { hypervisor: instance.hypervisor, isOperator });
        if (names.length === 0) return null;
        return (
          <details key={group} open={names.some(isSet)} className="rounded-md border border-line">
            <summary className="cursor-default px-3 py-1.5 font-medium hover:bg-hover">
              {t(`groups.${group}`)}
            </summary>
            <div className="grid gap-3 border-t border-line p-3">
              {names.map((name) => (
                <ParamField
                  key={name}
                  form={form}
                  name={name}
                  hypervisor={instance.hypervisor}
                  inherited={textOf(inherited[name])}
                  isWrong={wrong.includes(name)}
                />
              ))}
            </div>
          </details>
        );
      })}
    </section>
  );
}

type FieldProps = {
  form: UseFormReturn<ModifyValues>;
  name: HvParam;
  hypervisor: HypervisorKind;
  inherited: string;
  isWrong: boolean;
};

function ParamField({ form, name, hypervisor, inherited, isWrong }: FieldProps) {
  const t = useTranslations('machine');
  const words = useParamWords();
  const { errors } = useFormState({ control: form.control, name: `hvParams.${name}`, exact: true });
  const choices = choicesOf(hypervisor, name);
  const hint = t('modify.inherited', { value: words(inherited) });
  const error = isWrong ? t('modify.paramInvalid') : errors.hvParams?.[name]?.message;
  const field = form.register(`hvParams.${name}`);
  return (
    <Field label={t(`params.${name}`)} error={error}>
      {(wiring) =>
        choices ? (
          <Select
            {...wiring}
            {...field}
            options={[
              { value: '', label: hint },
              ...choices.map((value) => ({ value, label: words(value) })),
            ]}
          />
        ) : (
          <Input {...wiring} {...field} mono autoComplete="off" placeholder={hint} />
        )
      }
    </Field>
  );
}

/** Yes and no instead of true and false; everything else is QEMU's own word. */
export function useParamWords(): (text: string) => string {
  const t = useTranslations('machine.modify');
  const words = new Map([
    ['true', t('yes')],
    ['false', t('no')],
    [noneText, t('none')],
  ]);
  return (text) => words.get(text) ?? text;
}
