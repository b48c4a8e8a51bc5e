// How long a guest cannot be reached while it moves: a third node sends it an echo request every few milliseconds, and the longest silence counts.
import type { LabNode } from '@/lab/lab-node';

const everySeconds = 0.02;
const leases = '/run/bench-leases';

/** Guests ask for an address when they boot; these get the ones given, by MAC. Replaces what was given before. */
export async function giveAddresses(watcher: LabNode, addresses: Record<string, string>): Promise<void> {
  const given = Object.entries(addresses).map(([mac, address]) => `'static_lease ${mac} ${address}'`);
  await watcher.run(`
    pkill -f 'udhcpd -f' ; mkdir -p ${leases}; : >${leases}/leases
    printf '%s\\n' 'start 10.77.0.200' 'end 10.77.0.210' 'interface br0' 'lease_file ${leases}/leases' 'pidfile ${leases}/pid' \
      'option subnet 255.255.255.0' ${given.join(' ')} >${leases}/conf
    ( busybox udhcpd -f ${leases}/conf >/dev/null 2>&1 & )`);
}

export async function untilReached(watcher: LabNode, address: string): Promise<void> {
  await watcher.run(`until ping -q -c 1 -W 1 ${address} >/dev/null; do :; done`);
}

/** The longest time without an answer while the work was done, milliseconds. */
export async function longestSilence(
  watcher: LabNode,
  { address, work }: { address: string; work: () => Promise<unknown> },
): Promise<number> {
  await watcher.run(`( ping -n -D -i ${everySeconds} ${address} >${leases}/pings 2>&1 & )`);
  await work();
  await untilReached(watcher, address);
  const text = await watcher.run(
    `pkill -INT -x ping; sleep 0.1; grep -oE '^\\[[0-9.]+\\] .*bytes from' ${leases}/pings`,
  );
  const times = [...text.matchAll(/^\[([\d.]+)\]/gm)].map(([, seconds]) => Number(seconds) * 1_000);
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? time));
  return Math.max(...gaps);
}
