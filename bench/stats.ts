// Figures of a series of measurements.

/** The p-th percentile (0 to 100), nearest rank. */
export function percentile(values: number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil((p / 100) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

export const median = (values: number[]) => percentile(values, 50);

export const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
