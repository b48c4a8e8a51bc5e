// What every NIC mode must do, as a test suite that runs against simulated and real drivers alike.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Network, NicDefinition } from './network';

export type NetworkFixture = {
  network: Network;
  /** A link that exists; null where there is nothing to choose. */
  link: string | null;
  /** Interfaces of instances that exist now. */
  interfaces(): Promise<string[]>;
  close(): Promise<void>;
};

export function describeNetworkContract(mode: string, makeFixture: () => Promise<NetworkFixture>): void {
  describe(`the network contract: ${mode}`, { timeout: 30_000 }, () => {
    let fixture: NetworkFixture;
    const instanceId = randomUUID();
    const newNic = (): NicDefinition => ({
      id: randomUUID(),
      index: 0,
      mode: fixture.network.mode,
      link: fixture.link,
      mac: '02:00:00:00:00:01',
    });
    beforeAll(async () => {
      fixture = await makeFixture();
    });
    afterAll(() => fixture.close());

    it('plugs a NIC, repeats that without harm, and leaves no interface after the unplug', async () => {
      const nic = newNic();
      const plugged = await fixture.network.plug(instanceId, nic);
      expect(plugged).toMatchObject({ id: nic.id, index: 0, mac: nic.mac });
      expect(await fixture.network.plug(instanceId, nic)).toEqual(plugged);
      await fixture.network.unplug(instanceId, nic);
      await fixture.network.unplug(instanceId, nic);
      expect(await fixture.interfaces()).toEqual([]);
    });

    it('unplugs a NIC that was never plugged', async () => {
      await fixture.network.unplug(instanceId, newNic());
      expect(await fixture.interfaces()).toEqual([]);
    });

    it('keeps the NICs of one instance apart', async () => {
      const nics = [newNic(), { ...newNic(), index: 1, mac: '02:00:00:00:00:02' }];
      const names = [];
      for (const nic of nics) {
        const { netdev } = await fixture.network.plug(instanceId, nic);
        names.push(netdev.type === 'tap' ? netdev.ifname : null);
      }
      if (fixture.link !== null) expect(new Set(names).size).toBe(2);
      for (const nic of nics) await fixture.network.unplug(instanceId, nic);
      expect(await fixture.interfaces()).toEqual([]);
    });

    it('offers its links, and refuses one that the node does not have', async () => {
      const links = await fixture.network.links();
      if (fixture.link === null) return expect(links).toEqual([]);
      expect(links).toContain(fixture.link);
      await expect(
        fixture.network.plug(instanceId, { ...newNic(), link: 'nobridge0' }),
      ).rejects.toMatchObject({ name: 'AppError' });
      expect(await fixture.interfaces()).toEqual([]);
    });
  });
}
