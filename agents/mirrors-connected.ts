// Waiting for mirrors to meet their other sides: told by the drivers' events, so that nobody has to ask again and again.
import type { MirrorStatus, NodeDisk } from '@/contract/schemas/disk';
import { areMirrorsConnected, readMirrors } from './driver-choice';
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
      if (signal.aborted || (await areMirrorsConnected(drivers, disks)))
        return await readMirrors(drivers, disks);
      await change;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    stops.forEach((stop) => stop?.());
  }
}
