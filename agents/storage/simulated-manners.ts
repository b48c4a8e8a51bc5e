// How the making of a simulated disk misbehaves, by the name of its instance (docs/simulated.md).
import { AppError } from '@/contract/errors';
import type { DiskRef, Report } from './block-device';

export type Manners = {
  /** Names of instances, for the sentinel names. */
  nameOf?(instanceId: string): string | undefined;
  /** How long a `slow-disk-` instance's disk takes. */
  slowMs?: number;
};

const slowSteps = 20;

export async function misbehave(manners: Manners, { instanceId }: DiskRef, report: Report): Promise<void> {
  const { nameOf = () => undefined, slowMs = 10_000 } = manners;
  const name = nameOf(instanceId) ?? '';
  if (name.startsWith('fail-disk-')) throw new AppError('tool_failed', 'simulated failure of the disk');
  if (!name.startsWith('slow-disk-')) return;
  for (let step = 1; step <= slowSteps; step += 1) {
    await new Promise((resolve) => setTimeout(resolve, slowMs / slowSteps));
    if (report.signal?.aborted) throw new AppError('canceled', 'canceled');
    report.progress(step / slowSteps);
    if (step % 5 === 0) report.log(`${(step / slowSteps) * 100} % written`);
  }
}
