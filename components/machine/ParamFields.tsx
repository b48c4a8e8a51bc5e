'use client';
import { useTranslations } from 'next-intl';
import { type FieldValues, type Path, type UseFormReturn, useFormState } from 'react-hook-form';
import { Field } from '@/components/form/Field';
import { Input } from '@/components/ui/Input';
import { Select } from '@/components/ui/Select';
import type { HypervisorKind } from '@/contract/hypervisor-kind';
import { type HvParam, HvParams, type HvParamsOverride } from '@/contract/schemas/hv-params';
import { choicesOf, groupNames, noneText, paramsFor, textOf } from './param-fields';

type Props<V extends FieldValues> = {
  form: UseFormReturn<V>;
  /** Where the form holds their texts. */
  at: Path<V>;
  hypervisor: HypervisorKind;
  own: HvParamsOverride;
  inherited: HvParams;
  isOperator: boolean;
  /** What is no value of its parameter. */
  wrong: readonly string[];
  /** Which there are; absent: all that the hypervisor knows. */
  names?: readonly HvParam[];
};

/** In groups that fold: most inherit all of them. One that sets something, or is refused, is open. */
export function ParamFields<V extends FieldValues>(props: Props<V>) {
  const { form, at, hypervisor, own, inherited, isOperator, wrong, names = HvParams.keyof().options } = props;
  const t = useTranslations('machine');
  const state = useFormState({ control: form.control });
  const isRefused = (name: HvParam) =>
    wrong.includes(name) || form.getFieldState(pathOf(at, name), state).error !== undefined;
  return groupNames.map((group) => {
    const shown = paramsFor(group, { hypervisor, isOperator }).filter((name) => names.includes(name));
    if (shown.length === 0) return null;
    const isOpen = shown.some((name) => own[name] !== undefined || isRefused(name));
    return (
      <details key={group} open={isOpen} className="rounded-md border border-line">
        <summary className="cursor-default px-3 py-1.5 font-medium hover:bg-hover">
          {t(`groups.${group}`)}
        </summary>
        <div className="grid gap-3 border-t border-line p-3">
          {shown.map((name) => (
            <ParamField
              key={name}
              {...{ form, at, name, hypervisor }}
              inherited={textOf(inherited[name])}
              isWrong={wrong.includes(name)}
            />
          ))}
        </div>
      </details>
    );
  });
}

const pathOf = <V extends FieldValues>(at: Path<V>, name: HvParam) => `${at}.${name}` as Path<V>;

type FieldProps<V extends FieldValues> = {
  form: UseFormReturn<V>;
  at: Path<V>;
  name: HvParam;
  hypervisor: HypervisorKind;
  inherited: string;
  isWrong: boolean;
};

function ParamField<V extends FieldValues>({
  form,
  at,
  name,
  hypervisor,
  inherited,
  isWrong,
}: FieldProps<V>) {
  const t = useTranslations('machine');
  const words = useParamWords();
  const path = pathOf(at, name);
  const { error } = form.getFieldState(
    path,
    useFormState({ control: form.control, name: path, exact: true }),
  );
  const choices = choicesOf(hypervisor, name);
  const hint = t('modify.inherited', { value: words(inherited) });
  const field = form.register(path);
  return (
    <Field label={t(`params.${name}`)} error={isWrong ? t('modify.paramInvalid') : error?.message}>
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
