// Used, allocated and total as one thin bar with the figures beside it. Amounts share one unit; `format` writes them.
import { clsx } from 'clsx';

type Props = {
  label: string;
  /** null is unlimited. */
  total: number | null;
  /** Promised; drawn behind what is used. */
  allocated?: number;
  /** Measured. */
  used?: number;
  /** What would be taken in addition, or be lost: hatched. */
  asked?: number;
  /** Figures in words, beside the bar: "3.5 of 8 GiB". */
  figures: string;
  /** A second line below: more exact figures. */
  detail?: string;
  /** Without the line of label and figures: for table cells, which show the figures themselves. */
  bare?: boolean;
};

export function CapacityBar({
  label,
  total,
  allocated = 0,
  used = 0,
  asked = 0,
  figures,
  detail,
  bare,
}: Props) {
  const share = (amount: number) =>
    total === null || total === 0 ? 0 : Math.min(100, Math.max(0, (amount / total) * 100));
  const taken = Math.max(allocated, used);
  const isOver = total !== null && taken + asked > total;
  const isTight = total !== null && total > 0 && taken / total >= 0.9;
  return (
    <div className="min-w-0">
      {!bare && (
        <div className="mb-1 flex justify-between gap-3 text-sm">
          <span className="truncate text-soft">{label}</span>
          <span className={clsx('shrink-0', isOver && 'font-medium text-broken')}>{figures}</span>
        </div>
      )}
      <div
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total ?? undefined}
        aria-valuenow={taken}
        aria-valuetext={figures}
        className="relative h-1.5 overflow-hidden rounded-full bg-hover"
      >
        <span
          className="absolute inset-y-0 left-0 bg-line-strong"
          style={{ width: `${share(allocated)}%` }}
        />
        <span
          className={clsx('absolute inset-y-0 left-0', isTight || isOver ? 'bg-attention' : 'bg-soft')}
          style={{ width: `${share(used)}%` }}
        />
        {asked > 0 && (
          <span
            className={clsx('absolute inset-y-0', isOver ? 'bg-broken' : 'hatched bg-accent/60')}
            style={{ left: `${share(taken)}%`, width: `${isOver ? 100 : share(asked)}%` }}
          />
        )}
      </div>
      {detail && <p className="mt-1 text-xs text-faint">{detail}</p>}
    </div>
  );
}
