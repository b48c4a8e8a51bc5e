'use client';
// A whole number with steps. What is typed is kept as typed; `onChange` gets the number, or NaN where it is none.
import { Minus, Plus } from 'lucide-react';
import { useState } from 'react';
import { Input } from './Input';

type Props = {
  id?: string;
  value: number;
  onChange: (value: number) => void;
  onBlur?: () => void;
  min: number;
  max: number;
  step?: number;
  /** Words for the buttons: "fewer vCPUs", "more vCPUs". */
  stepLabels: { less: string; more: string };
  'aria-invalid'?: boolean;
  'aria-describedby'?: string;
};

export function NumberField({ value, onChange, min, max, step = 1, stepLabels, ...rest }: Props) {
  const [typed, setTyped] = useState<string | null>(null);
  const set = (next: number) => {
    setTyped(null);
    onChange(Math.min(max, Math.max(min, next)));
  };
  const from = Number.isNaN(value) ? min : value;
  const stepStyle =
    'flex h-8 w-8 items-center justify-center border border-line-strong text-soft hover:bg-hover hover:text-ink aria-disabled:text-line-strong max-sm:h-9 max-sm:w-10 [&_svg]:size-3.5';
  return (
    <div className="flex items-center">
      <button
        type="button"
        aria-label={stepLabels.less}
        aria-disabled={from <= min || undefined}
        onClick={() => set(from - step)}
        className={`${stepStyle} rounded-l-md border-r-0`}
      >
        <Minus />
      </button>
      <Input
        {...rest}
        inputMode="numeric"
        className="w-16! rounded-none! text-center"
        value={typed ?? (Number.isNaN(value) ? '' : String(value))}
        onChange={(event) => {
          setTyped(event.target.value);
          onChange(/^\s*-?\d+\s*$/.test(event.target.value) ? Number(event.target.value) : Number.NaN);
        }}
        onBlur={() => {
          if (!Number.isNaN(value)) setTyped(null);
          rest.onBlur?.();
        }}
        onKeyDown={(event) => {
          const direction = { ArrowUp: 1, ArrowDown: -1 }[event.key];
          if (!direction) return;
          event.preventDefault();
          set(from + direction * step);
        }}
      />
      <button
        type="button"
        aria-label={stepLabels.more}
        aria-disabled={from >= max || undefined}
        onClick={() => set(from + step)}
        className={`${stepStyle} rounded-r-md border-l-0`}
      >
        <Plus />
      </button>
    </div>
  );
}
