import { clsx } from 'clsx';

type Props = {
  label: string;
  figures: string;
  total: number;
  allocated?: number;
  used?: number;
  asked?: number;
  reserve?: number;
};

/** From here on the rest is worth a look. */
const tightShare = 0.9;

/** The marks of a CapacityBar: allocated light, used dark over it, asked behind them, the reserve hatched at the end. */
export function ThinBar({ label, figures, total, allocated = 0, used = 0, asked = 0, reserve = 0 }: Props) {
  const percent = (amount: number) =>
    `${total <= 0 ? 0 : Math.min(100, Math.max(0, (amount / total) * 100))}%`;
  const taken = Math.max(allocated, used);
  const isOver = taken + asked > total;
  const isTight = total > 0 && taken / total >= tightShare;
  const mark = 'absolute inset-y-0';
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={Math.min(taken, total)}
      aria-valuetext={figures}
      className="relative h-1.5 overflow-hidden rounded-full bg-line"
    >
      {reserve > 0 && <span className={clsx(mark, 'hatched right-0')} style={{ width: percent(reserve) }} />}
      <span className={clsx(mark, 'left-0 bg-line-strong')} style={{ width: percent(allocated) }} />
      <span
        className={clsx(mark, 'left-0', isTight || isOver ? 'bg-attention' : 'bg-soft')}
        style={{ width: percent(used) }}
      />
      {asked > 0 && (
        <span
          className={clsx(mark, isOver ? 'bg-broken' : 'bg-accent')}
          style={{ left: percent(taken), width: isOver ? '100%' : percent(asked) }}
        />
      )}
    </div>
  );
}
