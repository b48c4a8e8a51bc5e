// Mirrors in the kernel: sets them up and changes them. Wraps drbdsetup(8) and drbdmeta(8), of whichever line of DRBD the node has.
import { AppError } from '@/contract/errors';
import { args8 } from './args-8';
import { args9 } from './args-9';
import type { Argv, Backing, ConnectWish, Target } from './args';
import { call, createDrbdView, ifRefused, isRefused } from './drbd-view';

export function createDrbd(line: 8 | 9) {
  const args = line === 8 ? args8 : args9;
  const attach = (target: Target, backing: Backing) =>
    call(target, 'attach the volumes', args.attach(target, backing));

  return {
    ...createDrbdView(line, args),
    async createMetadata(target: Target, metaPath: string): Promise<void> {
      await call(target, 'make the metadata', args.createMetadata(target.mirror.minor, metaPath));
    },
    define: (target: Target) => callAll(target, 'set up the device', args.define(target)),
    /** After a crash the activity log comes first: it tells what was being written. */
    async attach(target: Target, backing: Backing): Promise<void> {
      try {
        await attach(target, backing);
      } catch (error) {
        if (!isRefused(error, /apply-al/)) throw error;
        const argv = args.applyActivityLog(target.mirror.minor, backing.metaPath);
        await call(target, 'read back the activity log', argv);
        await attach(target, backing);
      }
    },
    async detach(target: Target): Promise<void> {
      await call(target, 'detach the volumes', args.detach(target));
    },
    tune: (target: Target) => callAll(target, 'set the options', args.tune(target)),
    connect: (target: Target, wish: ConnectWish) =>
      callAll(target, 'connect the sides', args.connect(target, wish)),
    async allowTwoPrimaries(target: Target, allowed: boolean): Promise<void> {
      const doing = allowed ? 'let both sides be primary' : 'let one side be primary';
      await call(target, doing, args.allowTwoPrimaries(target, allowed)).catch(asRefusal);
    },
    disconnect: (target: Target, addresses: readonly [string, string]) =>
      callAll(target, 'disconnect the sides', args.disconnect(target, addresses)),
    async primary(target: Target, { force }: { force: boolean }): Promise<void> {
      await call(target, 'make this side primary', args.primary(target, force)).catch(asRefusal);
    },
    /** Also where it is not set up; `busy` while something has it open. */
    async secondary(target: Target): Promise<void> {
      const becoming = call(target, 'make this side secondary', args.secondary(target));
      await becoming.catch(ifRefused(/not allocated|unknown|no such/i, '')).catch(asRefusal);
    },
    /** Also where it is so already. */
    async pauseSync(target: Target, paused: boolean): Promise<void> {
      const doing = paused ? 'pause the synchronisation' : 'resume the synchronisation';
      await call(target, doing, args.pauseSync(target, paused)).catch(ifRefused(/flag is already/i, ''));
    },
    async markInSync(target: Target): Promise<void> {
      await call(target, 'take the sides for equal', args.markInSync(target));
    },
    async resize(target: Target, { assumeClean }: { assumeClean: boolean }): Promise<void> {
      await call(target, 'grow the device', args.resize(target, assumeClean));
    },
    /** Nothing is left of it but its data; also where nothing is set up. `busy` while something has it open. */
    async down(target: Target): Promise<void> {
      await call(target, 'bring down the device', args.down(target)).catch(asRefusal);
    },
  };
}
export type Drbd = ReturnType<typeof createDrbd>;

async function callAll(target: Target, doing: string, argvs: Argv[]): Promise<void> {
  for (const argv of argvs) await call(target, doing, argv);
}

/** DRBD's own refusals: `busy` where something has the device open, `wrong_state` where the mirror is not in the state for it. */
function asRefusal(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== 'tool_failed') throw error;
  const { message, details } = error;
  if (/held open/.test(message)) throw new AppError('busy', message, { details });
  if (/State change failed|not allocated|two primaries|two-primaries/i.test(message))
    throw new AppError('wrong_state', message, { details });
  throw error;
}
