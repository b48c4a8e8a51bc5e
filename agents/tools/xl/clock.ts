// How a domain reads the clock of its CPU.
import { readFile } from 'node:fs/promises';
import type { XenConfig } from './config';

/**
 * In a PC that QEMU emulates Xen does not trust that clock and would read it for its guests, of which it does not know every instruction (rdtscp):
 * there they read it themselves. Elsewhere Xen decides, and looks after the clock of a guest that comes from another machine.
 */
export async function withClock(
  config: XenConfig,
  board = '/sys/class/dmi/id/sys_vendor',
): Promise<XenConfig> {
  const maker = await readFile(board, 'utf8').catch(() => '');
  if (config.type === 'pv' || maker.trim() !== 'QEMU') return config;
  return { ...config, more: { ...config.more, tsc_mode: 'native' } };
}
