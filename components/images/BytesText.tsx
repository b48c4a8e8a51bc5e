import { formatMiB } from '@/contract/units';

const bytesPerMiB = 1024 * 1024;

/** As people say it, exactly on hover; a dash where it is not known yet. */
export function BytesText({ bytes }: { bytes: number | null }) {
  if (bytes === null) return <span className="text-faint">–</span>;
  return <span title={`${bytes} B`}>{formatMiB(bytes / bytesPerMiB)}</span>;
}
