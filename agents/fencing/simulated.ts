// A fence hook that only says what it would have done.
import { AppError } from '@/contract/errors';
import type { Faults } from '../simulated-faults';
import type { FenceRunner } from './fence-runner';

const hook = 'simulated';

export function createSimulatedFencing(faults: Faults): FenceRunner {
  const off = new Set<string>();
  return {
    list: async () => [hook],
    run: async (order, { log, signal }) => {
      if (order.hook !== hook) throw new AppError('not_found', `there is no fence command ${order.hook}`);
      const { name } = order.node;
      if (order.action === 'off') {
        await faults.pass('fence.off', signal);
        off.add(name);
        log(`${name} has no power any more`);
        return 'off';
      }
      await faults.pass('fence.status', signal);
      return off.has(name) ? 'off' : 'on';
    },
  };
}
