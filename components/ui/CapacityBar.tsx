// Used, allocated and total as one thin bar with the figures beside it. All amounts share one unit.
import { clsx } from 'clsx';
import { ThinBar } from './ThinBar';

type Props = {
  label: string;
  /** null is unlimited: then there is no bar, only figures. */
  total: number | null;
  /** Promised; drawn behind what is used. */
  allocated?: number;
  /** Measured. */
  used?: number;
  /** What would be taken in addition. */
  asked?: number;
  /** What would be lost with one node, or is kept free: the hatched end of the bar. */
  reserve?: number;
  /** Figures in words, beside the bar: "3.5 of 8 GiB". */
  figures: string;
  /** A second line below: more exact figures. */
  detail?: string;
  /** Without the line of label and figures: for table cells, which show the figures themselves. */
  bare?: boolean;
};

export function CapacityBar({ label, total, figures, detail, bare = false, ...amounts }: Props) {
  const { allocated = 0, used = 0, asked = 0 } = amounts;
  const isOver = total !== null && Math.max(allocated, used) + asked > total;
  return (
    <div className="min-w-0">
      {!bare && (
        <div className="mb-1 flex justify-between gap-3 text-sm">
          <span className="truncate text-soft">{label}</span>
          <span className={clsx('shrink-0', isOver && 'font-medium text-broken')}>{figures}</span>
        </div>
      )}
      {total !== null && <ThinBar label={label} total={total} figures={figures} {...amounts} />}
      {detail && <p className="mt-1 text-xs text-faint">{detail}</p>}
    </div>
  );
}
