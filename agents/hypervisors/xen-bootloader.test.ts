import { expect, test, vi } from 'vitest';
import type { XenConfig } from '../tools/xl/config';
import { withBootloader } from './xen-bootloader';

const config = (more: XenConfig['more']): XenConfig => ({
  ...{ name: 'web.test', uuid: 'b', type: 'pv', memoryMiB: 1, vcpus: 1, nics: [], more },
  disks: [{ path: '/dev/nothing', vdev: 'xvda', readOnly: false }],
});

test('pygrub is told nothing that concerns the node, wherever it was written down', async () => {
  const create = vi.fn(() => Promise.resolve());
  for (const word of ['--runas=0', '/dev/sda', '--output=/dev/sda', '']) {
    const told = config({ bootloader: 'pygrub', bootloader_args: ['-q', word] });
    const outcome = withBootloader(told, 'start web.test', create);
    if (word === '') await expect(outcome).rejects.not.toThrow('must not be told');
    else await expect(outcome).rejects.toThrow(`Cannot start web.test: pygrub must not be told ${word}`);
  }
  expect(create).not.toHaveBeenCalled();
});

test('GRUB in the domain concerns the node in nothing', async () => {
  const create = vi.fn(() => Promise.resolve());
  await withBootloader(config({ kernel: '/x', cmdline: '(hd0)/grub.cfg' }), 'start web.test', create);
  expect(create).toHaveBeenCalledWith(null);
});
