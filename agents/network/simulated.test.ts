import { createFaults } from '../simulated-faults';
import { describeNetworkContract } from './network-contract';
import { createSimulatedNetwork } from './simulated';

for (const mode of ['user', 'bridged'] as const)
  describeNetworkContract(`simulated ${mode}`, async () => {
    const network = createSimulatedNetwork({ mode, links: ['br0'], faults: createFaults() });
    return {
      network,
      link: mode === 'bridged' ? 'br0' : null,
      interfaces: async () => network.plugged(),
      close: async () => {},
    };
  });
