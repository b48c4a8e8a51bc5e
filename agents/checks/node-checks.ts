// All checks of a node. Most of them start programs, so facts, which are read all the time, are told what those found last.
import type { NodeCheck } from '@/contract/schemas/node';
import { runsXen } from '../tools/xl/detect';
import { judgeDrbd, readDrbd } from './drbd';
import { judgeLvm, readLvm } from './lvm';
import { judgeMachine, readMachine } from './machine';
import { judgeCopying, judgeQemu, readQemu } from './qemu';
import { checkConsoles, judgeXen, readXen } from './xen';

export async function checkNode(): Promise<NodeCheck[]> {
  return [...(await checkThoroughly()), ...(await checkQuickly())];
}

/** What may change at any time and costs nothing to look at. */
export async function checkQuickly(): Promise<NodeCheck[]> {
  return (await runsXen()) ? [await checkConsoles()] : [];
}

export async function checkThoroughly(): Promise<NodeCheck[]> {
  const [isXen, qemu, lvm, drbd, machine] = await Promise.all([
    runsXen(),
    readQemu(),
    readLvm(),
    readDrbd(),
    readMachine(),
  ]);
  const running = isXen ? [...judgeXen(await readXen()), judgeCopying(qemu.canCopy)] : judgeQemu(qemu);
  return [...running, ...judgeLvm(lvm, { hasLoops: isXen }), ...judgeDrbd(drbd), ...judgeMachine(machine)];
}

const againMs = 10 * 60_000;

/** Answers what was found last, and looks again when that is ten minutes old, or when it is asked to. `now` in ms. */
export function rememberChecks(check: () => Promise<NodeCheck[]>, now: () => number = Date.now) {
  let last: { at: number; checks: Promise<NodeCheck[]> } | null = null;
  return ({ again = false } = {}): Promise<NodeCheck[]> => {
    if (!again && last && now() - last.at < againMs) return last.checks;
    const kept = { at: now(), checks: check() };
    last = kept;
    kept.checks.catch(() => {
      if (last === kept) last = null;
    });
    return kept.checks;
  };
}
