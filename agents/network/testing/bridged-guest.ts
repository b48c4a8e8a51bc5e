// Run inside a network namespace that has the bridge br0: boots a guest on it, and prints which of the bridge's ports its frames came from.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { bareStart, defineGuest, openKvmLab } from '../../hypervisors/testing/kvm-lab';
import { tinyOsForTests } from '../../os/testing/tiny-os';
import { sitAtTerminal } from '../../testing/terminal';
import { createBridgedNetwork } from '../bridged';

const nic = { id: randomUUID(), index: 0, mode: 'bridged' as const, link: 'br0', mac: '52:54:00:c0:ff:ee' };
const definition = defineGuest({ nics: [nic] });
const network = createBridgedNetwork();
const tiny = await tinyOsForTests();
const lab = await openKvmLab();
// QEMU alone does not keep this process alive: it is meant to outlive it.
const awake = setInterval(() => {}, 60_000);
try {
  const plugged = await network.plug(definition.id, nic);
  const boot = await tiny.boot(definition);
  await lab.driver().start({ ...bareStart(definition), boot, nics: [plugged] });
  const terminal = sitAtTerminal(await lab.driver().openConsole(definition.id, 'serial'));
  // It asks for an address before it asks for a login.
  await terminal.until(/login: /);
  const ports = execFileSync('bridge', ['fdb', 'show', 'br', 'br0'], { encoding: 'utf8' });
  const learned = ports.split('\n').find((line) => line.startsWith(nic.mac));
  await lab.driver().stop({ instanceId: definition.id, force: true, timeoutMs: 0 });
  await network.unplug(definition.id, nic);
  const expected = plugged.netdev.type === 'tap' ? plugged.netdev.ifname : null;
  console.log(JSON.stringify({ expected, learned, left: await network.links() }));
} finally {
  await lab.close();
  clearInterval(awake);
}
