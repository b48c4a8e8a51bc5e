// Devices stay open for a moment longer than whoever used them: udev looks at what changed, QEMU closes late.
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@/contract/errors';
import { isHeld, listDeviceUsers } from '../tools/sys/device-users';

const waitsMs = [100, 200, 400, 800, 1_600, 2_000, 4_000, 8_000];
/** A domain that ends has let go of its disks before it is gone, a mount likewise: one that has a disk still after such a wait keeps it. */
const holderWaitMs = 2_000;
/** Tools that are refused may have waited for long themselves. */
const patienceMs = 20_000;

/** Tries again while `isBusy` says that it is only that; then throws `busy` with the tool's words and who uses which of the devices. */
export async function whileBusy(
  work: () => Promise<void>,
  { paths, isBusy }: { paths: readonly string[]; isBusy(error: unknown): boolean },
): Promise<void> {
  const began = performance.now();
  for (const waitMs of waitsMs) {
    const waitedMs = performance.now() - began;
    if (waitedMs > patienceMs) break;
    if (waitedMs > holderWaitMs && (await Promise.all(paths.map(isHeld))).some(Boolean)) break;
    const error = await failureOf(work);
    if (error === null) return;
    if (!isBusy(error)) throw error;
    await sleep(waitMs);
  }
  const error = await failureOf(work);
  if (error === null) return;
  if (!isBusy(error)) throw error;
  const used = await Promise.all(paths.map(async (path) => ({ path, users: await listDeviceUsers(path) })));
  const words = error instanceof Error ? error.message : 'it is in use';
  const by = used
    .filter(({ users }) => users.length > 0)
    .map(({ path, users }) => `. ${path} is used by ${users.join(', ')}`);
  const users = used.flatMap((one) => one.users);
  throw new AppError('busy', `${words}${by.join('')}`, { details: { ...detailsOf(error), users } });
}

/** Where the device itself refuses nothing; throws `busy` with who uses it. Nothing to wait for where there is no such device. */
export async function untilUnused(path: string): Promise<void> {
  const refuse = async () => {
    if ((await listDeviceUsers(path)).length > 0) throw new AppError('busy', `${path} is in use`);
  };
  const isBusy = (error: unknown) => error instanceof AppError && error.code === 'busy';
  await whileBusy(refuse, { paths: [path], isBusy });
}

const failureOf = (work: () => Promise<void>): Promise<unknown> =>
  work().then(
    () => null,
    (error: unknown) => error,
  );

const detailsOf = (error: unknown) => (error instanceof AppError ? error.details : {});
