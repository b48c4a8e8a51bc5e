import { formatMiB } from '@/contract/units';

/** A size as people say it; exact on hover. */
export function SizeText({ sizeMiB }: { sizeMiB: number }) {
  return (
    <span title={`${sizeMiB} MiB`} className="whitespace-nowrap">
      {formatMiB(sizeMiB)}
    </span>
  );
}
