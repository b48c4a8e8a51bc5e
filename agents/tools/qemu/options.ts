// QEMU's comma lists: `key=value,key=value`. A comma inside a value is doubled, so no value can add an option.
import { AppError } from '@/contract/errors';

/** One value for a comma list. NUL cannot stand in an argument at all. */
export function escapeValue(value: string): string {
  if (value.includes('\0')) throw new AppError('invalid', 'A value for QEMU contains a NUL character');
  return value.replaceAll(',', ',,');
}

/** `first` (a type or flag, may be empty) and the options after it, all escaped; undefined options are left out. */
export function commaList(
  first: string,
  options: Record<string, string | number | boolean | undefined>,
): string {
  const rest = Object.entries(options).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${escapeValue(toWord(value))}`],
  );
  return [...(first === '' ? [] : [escapeValue(first)]), ...rest].join(',');
}

function toWord(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}
