// Waiting for mirrors to meet their other sides: told by the drivers' events, so that nobody has to ask again and again.
import type { MirrorStatus, NodeDisk } from '@/contract/schemas/disk';
import { readMirrors } from './driver-choice';
import type { Drivers } from './drivers';

/** What was seen when all of them were connected, or when the signal aborted. */
export async function readOnceConnected(
  drivers: Drivers,
  disks: NodeDisk[],
  signal: AbortSignal,
): Promise<MirrorStatus[]> {
  let wake = () => {};
  const stops = drivers.storages.map(({ mirror }) => mirror?.onChange(() => wake()));
  const onAbort = () => wake();
  signal.addEventListener('abort', onAbort);
  try {
    for (;;) {
      const change = new Promise<void>((resolve) => (wake = resolve));
      const seen = await readMirrors(drivers, disks);
      if (signal.aborted || seen.every(({ connection }) => connection === 'connected')) return seen;
      await change;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    stops.forEach((stop) => stop?.());
  }
}
