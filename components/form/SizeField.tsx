'use client';
// A size as people type it ("1.5 GiB", "512M"); the form keeps whole MiB. Written out in full when the field is left.
import { useState } from 'react';
import { Input } from '@/components/ui/Input';
import { formatMiB, parseMiB } from '@/contract/units';

type Props = {
  id?: string;
  /** NaN while what is typed is no size. */
  valueMiB: number;
  onChange: (valueMiB: number) => void;
  onBlur?: () => void;
  /** Offered as buttons beside the field. */
  presetsMiB?: readonly number[];
  'aria-invalid'?: boolean;
  'aria-describedby'?: string;
  'aria-label'?: string;
};

export function SizeField({ valueMiB, onChange, onBlur, presetsMiB = [], ...rest }: Props) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Input
        {...rest}
        autoComplete="off"
        spellCheck={false}
        className="w-32!"
        value={typed ?? (Number.isNaN(valueMiB) ? '' : formatMiB(valueMiB))}
        onChange={(event) => {
          setTyped(event.target.value);
          onChange(parseMiB(event.target.value) ?? Number.NaN);
        }}
        onBlur={() => {
          if (!Number.isNaN(valueMiB)) setTyped(null);
          onBlur?.();
        }}
      />
      {presetsMiB.length > 0 && (
        <span className="flex flex-wrap gap-1">
          {presetsMiB.map((presetMiB) => (
            <button
              key={presetMiB}
              type="button"
              aria-pressed={presetMiB === valueMiB}
              onClick={() => {
                setTyped(null);
                onChange(presetMiB);
              }}
              className="h-7 rounded-md border border-line px-2 text-sm text-soft hover:border-accent hover:text-ink aria-pressed:border-accent aria-pressed:bg-accent-wash aria-pressed:text-ink"
            >
              {formatMiB(presetMiB)}
            </button>
          ))}
        </span>
      )}
    </div>
  );
}
