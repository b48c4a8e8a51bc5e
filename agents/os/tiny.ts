// The tiny OS: a Linux of a few MiB that the node builds by itself, so that there is always something to install. See docs/tiny-os.md.
import type { OsOffer } from '@/contract/schemas/node';
import { AppError } from '@/contract/errors';
import { serialDeviceOf } from '@/contract/hypervisor-kind';
import { run } from '../tools/run';
import type { Report } from '../storage/block-device';
import type { OsDriver } from './os-definition';
import { buildTiny, findBuild, removeOtherBuilds, type TinyBuild } from './tiny-build';

const installMs = 600_000;

/**
 * Messages on the serial line from the kernel's first line on, without its chatter; what the guest does not need to wait for; and that Xen is told
 * of a panic as such (in an emulated machine the kernel restarts by itself otherwise).
 */
const kernelArgs = ['loglevel=6', 'mitigations=off', 'no_timer_check', 'tsc=reliable', 'xen_legacy_crash'];

export function createTinyOs(folder: string): OsDriver {
  let offer: OsOffer = { kind: 'tiny', state: 'preparing', detail: null };
  let build: TinyBuild | null = null;
  let preparing: Promise<void> | null = null;

  const ready = (done: TinyBuild) => {
    build = done;
    offer = { kind: 'tiny', state: 'ready', detail: done.version };
  };

  const prepare = async (report: Report) => {
    const existing = await findBuild(folder);
    if (existing) ready(existing);
    try {
      const newest = await buildTiny(folder, report);
      ready(newest);
      await removeOtherBuilds(folder, newest);
    } catch (error) {
      // A build of older packages is as good; without one the node just does not offer it.
      if (existing) return report.log(`Keeping the tiny OS that is there: ${messageOf(error)}`);
      offer = { kind: 'tiny', state: 'failed', detail: messageOf(error) };
      throw error;
    }
  };

  const requireBuild = async (doing: string): Promise<TinyBuild> => {
    if (!build) await preparing?.catch(() => {});
    if (build) return build;
    throw new AppError(
      'unavailable',
      `Cannot ${doing}: the tiny OS is not there: ${offer.detail ?? 'not prepared'}`,
    );
  };

  return {
    kind: 'tiny',
    prepare(report) {
      preparing ??= prepare(report).finally(() => (preparing = null));
      return preparing;
    },
    offer: () => offer,
    async install({ definition, diskPaths: [diskPath] }, report) {
      if (diskPath === undefined) return;
      const doing = `install the tiny OS on ${definition.name}`;
      const { root } = await requireBuild(doing);
      report.log('Making a file system with the tiny OS');
      // nodiscard: punching holes would give up the space that was reserved.
      const options = ['-q', '-F', '-t', 'ext4', '-L', 'tinyroot', '-m', '0', '-E', 'nodiscard', '-d', root];
      // The lock lives as long as the writer itself: one that an agent which was killed left behind must not meet a second one.
      const argv = ['flock', '--no-fork', diskPath, 'mke2fs', ...options, diskPath] as const;
      await run({ argv, doing, timeoutMs: installMs, signal: report.signal });
      report.progress(1);
    },
    async boot({ name, disks, hypervisor }) {
      const { kernel, initrd } = await requireBuild(`boot ${name}`);
      const root = disks.length > 0 ? 'disk' : 'ram';
      const consoles = ['console=tty0', `console=${serialDeviceOf(hypervisor)}`];
      const args = [...consoles, ...kernelArgs, `tiny.hostname=${name}`, `tiny.root=${root}`].join(' ');
      return { kind: 'kernel', kernel, initrd, args };
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
