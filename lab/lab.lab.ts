// A lab of two real nodes: what every test that uses one takes for granted.
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLab, type Lab } from './lab';
import type { LabNode } from './lab-node';

let web: Server;
let lab: Lab;
let one: LabNode;
let two: LabNode;

beforeAll(async () => {
  web = createServer((request, response) => response.end(`you asked for ${request.url}`));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  lab = await startLab({ nodes: 2, diskGiB: 20, consoleUrl: urlOf(web.address()) });
  one = lab.node(1);
  two = lab.node('node2');
});

afterAll(async () => {
  await lab.close();
  web.close();
});

beforeEach(() => lab.heal());

function urlOf(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

const each = async (command: string) => Promise.all([one.run(command), two.run(command)]);
const pings = async (from: LabNode, to: LabNode) =>
  (await from.sh(`ping -q -c 1 -W 2 ${to.lanAddress}`)).exitCode === 0;

/** One answer is enough: what was cut may need a moment to be noticed. */
async function untilPings(from: LabNode, to: LabNode): Promise<void> {
  await from.run(`timeout 60 bash -c "until ping -q -c 1 -W 1 ${to.lanAddress}; do :; done"`);
}

describe('two nodes of one template', () => {
  it('are two: names, ids and boots', async () => {
    expect(await each('hostname')).toEqual(['node1\n', 'node2\n']);
    for (const file of ['/etc/machine-id', '/proc/sys/kernel/random/boot_id', '/sys/class/net/br0/address']) {
      const [a, b] = await each(`cat ${file}`);
      expect(a, file).not.toBe(b);
    }
  });

  it('have different random numbers ahead of them', async () => {
    const [a, b] = await each('head -c 32 /dev/urandom | base64; cat /proc/sys/kernel/random/uuid');
    expect(a).not.toBe(b);
    const [groupA, groupB] = await each('vgs --noheadings -o vg_name,vg_uuid,vg_size --units g corral');
    expect(groupA).toMatch(/corral +\S{38} +<?(19\.99|20\.00)g/);
    expect(groupA).not.toBe(groupB);
  });

  it('have what a node needs: KVM, DRBD, bridge and tap devices', async () => {
    const [parameters] = await each('cd /sys/module/drbd/parameters && cat minor_count usermode_helper');
    expect(parameters).toBe('128\n/bin/true\n');
    await each('test -c /dev/kvm && test -c /dev/net/tun && test -d /sys/class/net/br0/bridge');
  });

  it('know the time', async () => {
    const before = Date.now();
    const seconds = Number(await one.run('date +%s.%N'));
    expect(seconds * 1000).toBeGreaterThan(before - 60_000);
    await two.setClock(new Date('2031-05-04T03:02:01Z'));
    expect(await two.run('date -u +%F')).toBe('2031-05-04\n');
    await two.setClock(new Date());
  });

  it('answer with exit code and output', async () => {
    expect(await one.sh('echo out; echo err >&2; exit 7')).toEqual({ exitCode: 7, output: 'out\nerr\n' });
    await expect(one.run('false')).rejects.toThrow('On node1, exit code 1 of false');
  });

  it('reach the console where this machine does, several times at once, and nothing else', async () => {
    const url = urlOf(web.address());
    const asked = await one.run(`for i in 1 2 3 4 5; do curl -s ${url}/$i & done; wait`);
    expect(asked.match(/you asked for \/\d/g)?.toSorted()).toEqual(
      [1, 2, 3, 4, 5].map((number) => `you asked for /${number}`),
    );
    const elsewhere = url.replace('127.0.0.1', '10.0.2.2');
    expect((await one.sh(`curl -s -m 5 ${elsewhere}`)).exitCode).not.toBe(0);
  });
});

describe('the network of the lab', () => {
  it('connects the nodes, by name too', async () => {
    await untilPings(one, two);
    await two.run('ping -q -c 1 -W 5 node1');
  });

  it('can be cut between two nodes and healed', async () => {
    await untilPings(one, two);
    lab.cut('node1', 'node2');
    expect(await pings(one, two)).toBe(false);
    expect(await pings(two, one)).toBe(false);
    lab.heal('node1', 'node2');
    await untilPings(two, one);
  });
});

describe('the power of a node', () => {
  it('comes back to its disks and its name, with a new boot id', async () => {
    const boot = 'cat /proc/sys/kernel/random/boot_id';
    await two.run(
      'lvcreate -q -y -L 64M -n kept corral && echo precious | dd of=/dev/corral/kept conv=fsync',
    );
    await two.run(
      'echo note >/var/lib/corral/note && echo note >/etc/corral-note && sync && touch /root/gone',
    );
    const before = await Promise.all([two.run('cat /etc/machine-id'), two.run(boot)]);
    await two.kill();
    expect(two.isRunning()).toBe(false);
    await expect(two.sh('true')).rejects.toThrow('node2 has no power');
    expect(await pings(one, two)).toBe(false);
    await two.start();
    expect(await two.run('head -c 8 /dev/corral/kept; cat /var/lib/corral/note /etc/corral-note')).toBe(
      'preciousnote\nnote\n',
    );
    const after = await Promise.all([two.run('cat /etc/machine-id'), two.run(boot)]);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    expect((await two.sh('test -e /root/gone')).exitCode).toBe(1);
    await untilPings(one, two);
  });

  it('ends with the lab, and so do its files', async () => {
    const other = await startLab({ nodes: 1 });
    const pid = other.node(1).pid();
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    await other.close();
    expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(existsSync(other.folder)).toBe(false);
  });
});
