// What befalls Xen's own programs and guests that cannot start, on a real Xen node. The faults of nodes, links and disks are in lab/faults, for
// both kinds of node.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hotplugScripts } from '@/agents/tools/xl/hotplug';
import { api } from '@/contract/paths';
import { Instance } from '@/contract/schemas/instance';
import { openSerial, signInTiny } from '@/e2e/serial';
import { type RealCluster, startRealCluster } from './testing/real-cluster';
import { until } from './testing/until';
import { domainsOf, leftoversOf } from './testing/xen-node';

let cluster: RealCluster;
let id = '';

beforeAll(async () => {
  cluster = await startRealCluster({ xenNodes: 1 });
  ({ id } = await cluster.create({ name: 'web.test', hypervisor: 'xen-pvm', diskTemplate: 'plain' }));
}, 1_200_000);
afterAll(() => cluster.close());

const node = () => cluster.lab.node('xen1');
const see = () => cluster.rest.call('GET', api.instance(id), Instance);
const power = (action: 'start' | 'stop' | 'reboot' | 'pause' | 'resume', body: object = {}) =>
  cluster.order('POST', api.instancePower(id, action), body);
const found = async () =>
  (await cluster.verify()).map(({ meaning, subject }) => `${meaning} ${subject}`.trim());

describe('a guest that crashes at its start', () => {
  it.each(['xen-pvm', 'xen-pvh'] as const)(
    'leaves its last words in the job, and nothing on the node: %s',
    async (hypervisor) => {
      await node().run('cp /var/lib/corral/agent/os/tiny/*/vmlinuz /boot/vmlinuz-tiny');
      const name = `crashes-${hypervisor}.test`;
      const wish = { name, hypervisor, diskTemplate: 'plain', start: false } as const;
      const { id: crashing } = await cluster.create(wish);
      await cluster.order('PATCH', api.instance(crashing), {
        hvParams: { kernelPath: '/boot/vmlinuz-tiny', initrdPath: null, rootPath: '/dev/nothing' },
      });
      await expect(cluster.order('POST', api.instancePower(crashing, 'start'))).rejects.toThrow(
        /crashed at once\. Its last words: .*Kernel panic/s,
      );
      expect(await domainsOf(node())).toBe('web.test');
      expect(await found()).toEqual([]);
      await cluster.order('DELETE', api.instance(crashing), { confirmName: name });
    },
  );
});

describe('xl', () => {
  /** Commands of these names never end while the work is done; the others are as they are. */
  const whileHanging = async (pattern: string, work: () => Promise<void>) => {
    const script = `#!/bin/sh\\ncase "$1" in ${pattern}) exec sleep 3600;; esac\\nexec /usr/lib/xen-*/bin/xl "$@"\\n`;
    await node().run(
      `mv /usr/sbin/xl /root/xl && printf '${script}' >/usr/sbin/xl && chmod 755 /usr/sbin/xl`,
    );
    await work().finally(() => node().run('mv /root/xl /usr/sbin/xl'));
  };

  it('that hangs in a command is given up, the job says so, and the guest is as it was', async () => {
    await whileHanging('pause|create', async () => {
      await expect(power('pause')).rejects.toThrow(/xl did not end in \d+ s/);
      expect(await see()).toMatchObject({ status: 'running' });
      const wish = { name: 'hangs.test', hypervisor: 'xen-pvm', diskTemplate: 'plain' } as const;
      await expect(cluster.create(wish)).rejects.toThrow(/xl did not end in \d+ s/);
    });
    await power('pause');
    await power('resume');
    expect(await domainsOf(node())).toBe('web.test');
    expect(await found()).toEqual([]);
  });

  it('that hangs in a reset leaves the guest as it was, also for the agent that comes next', async () => {
    const domid = await node().run('xl domid web.test');
    await whileHanging('destroy', async () => {
      await expect(power('reboot', { hard: true })).rejects.toThrow(/xl did not end in \d+ s/);
    });
    await node().run('systemctl restart corral-agent');
    await until(found, (all) => all.length === 0);
    expect(await see()).toMatchObject({ status: 'running' });
    expect(await node().run('xl domid web.test')).toBe(domid);
  });

  it('that answers nothing at all is found by a verification, and heals by itself', async () => {
    await whileHanging('*', async () => expect(await found()).not.toEqual([]));
    await until(found, (all) => all.length === 0);
    expect(await see()).toMatchObject({ status: 'running' });
  });
});

describe('pygrub', () => {
  it('that does not get on with a disk is ended, the job says so, and nothing is left', async () => {
    const wish = { name: 'odd.test', hypervisor: 'xen-pvm', diskTemplate: 'plain', start: false } as const;
    const { id: odd } = await cluster.create({ ...wish, os: { kind: 'none' } });
    const real = '$(realpath /usr/bin/pygrub)';
    await node().run(
      `printf '#!/bin/sh\n# --runas=\nexec sleep 3601\n' >/root/pygrub && chmod 755 /root/pygrub && mount --bind /root/pygrub ${real}`,
    );
    await expect(cluster.order('POST', api.instancePower(odd, 'start'))).rejects.toThrow(/bootloader/);
    await node().run(`umount ${real}`);
    expect((await node().sh('pgrep -f "sleep 360[1]"')).output).toBe('');
    await expect(cluster.order('POST', api.instancePower(odd, 'start'))).rejects.toThrow(
      'pygrub finds no kernel on its disk',
    );
    expect(await domainsOf(node())).toBe('web.test');
    await cluster.order('DELETE', api.instance(odd), { confirmName: 'odd.test' });
    expect(await found()).toEqual([]);
  });
});

describe('what Xen has run for each device', () => {
  const asked = '/local/asked-by-hand';
  it.each([
    ['disk', 'add', 'nothing told', 'the path of a disk cannot be read'],
    ['disk', 'add', 'params /dev/nothing', '/dev/nothing is no block device'],
    ['nic', 'online', 'bridge br9', 'the node has no bridge br9'],
    ['nic', 'online', 'bridge br0', 'vif9.0 cannot be put into br0'],
  ] as const)('tells it what stands in the way: %s %s, %s', async (device, action, given, said) => {
    await node().run(`xenstore-write ${asked}/${given}`);
    const { output } = await node().sh(
      `XENBUS_PATH=${asked} vif=vif9.0 ${hotplugScripts[device]} ${action} 2>/dev/null || xenstore-read ${asked}/hotplug-status ${asked}/hotplug-error`,
    );
    expect(output.trim().split('\n')).toEqual(['error', said]);
    await node().run(`xenstore-rm ${asked}`);
  });
});

describe('Xen’s console program', () => {
  it('that dies is found by a verification; started again, it gives every guest its serial line back', async () => {
    const before = await openSerial(cluster.rest, id);
    await signInTiny(before);
    const bootId = await before.run('cat /proc/sys/kernel/random/boot_id');
    await node().run('kill -9 $(pidof xenconsoled)');
    expect(await found()).toEqual(['setUp xen-consoles']);
    expect(await see()).toMatchObject({ status: 'running' });
    await node().run('SYSTEMCTL_SKIP_REDIRECT=1 /etc/init.d/xen start');
    await until(found, (all) => all.length === 0);
    const { length } = before.text();
    before.type('');
    await before.until(/login: *$|root@\S+# /, length);
    await signInTiny(before);
    expect(await before.run('cat /proc/sys/kernel/random/boot_id')).toBe(bootId);
    before.close();
  });
});

describe('the device model of a domain', () => {
  it('that dies is told with the instance and found by a verification; a stop and a start mend it', async () => {
    await cluster.order('PATCH', api.instance(id), { hvParams: { screen: true } });
    await power('stop', { force: true });
    await power('start');
    const killModel = 'kill -9 $(xenstore-read /local/domain/$(xl domid web.test)/image/device-model-pid)';
    await node().run(killModel);
    const { operDetail } = await until(see, ({ operDetail: detail }) => detail !== null);
    expect(operDetail).toMatch(/device model/);
    expect(await found()).toEqual(['instanceTroubled']);
    await power('stop', { force: true });
    await power('start');
    expect(await see()).toMatchObject({ status: 'running', operDetail: null });
    expect(await found()).toEqual([]);
  });
});

describe('the agent', () => {
  const killAgent = () => node().run('systemctl kill --kill-whom=main --signal KILL corral-agent');

  it.each(['create', 'shutdown'] as const)(
    'killed in the middle of a %s leaves nothing half-made behind',
    async (when) => {
      if (when === 'create') await power('stop', { force: true });
      const jobId = await cluster.ask('POST', api.instancePower(id, when === 'create' ? 'start' : 'stop'));
      await cluster.untilStep(jobId, when === 'create' ? 'start' : 'stop');
      await killAgent();
      expect(await cluster.ended(jobId)).toMatchObject({ status: 'success', needsAttention: false });
      expect(await domainsOf(node())).toBe(when === 'create' ? 'web.test' : '');
      // Until the agent is back, its node is silent.
      await until(found, (all) => all.length === 0);
    },
  );

  const record = () => `/var/lib/corral/agent/xen/${id}/run.json`;
  /** Once no job waits for it: one that is about to take a start back would do so with what the next agent knows. */
  const whileStopped = async (command: string) => {
    await node().run('systemctl stop corral-agent');
    await until(see, ({ job }) => job === null);
    await node().run(`${command} && systemctl start corral-agent`);
  };

  it(
    'that lost what it knew of a guest leaves its domain alone, and says so',
    { timeout: 900_000 },
    async () => {
      await power('start');
      const domid = await node().run('xl domid web.test');
      await whileStopped(`mv ${record()} /root/run.json`);
      await until(see, ({ status }) => status === 'errorDown');
      await expect(power('start')).rejects.toThrow(
        /it runs already, as domain \d+, of which nothing is written down/,
      );
      await whileStopped(`mv /root/run.json ${record()}`);
      await until(see, ({ status }) => status === 'running');
      expect(await node().run('xl domid web.test')).toBe(domid);
    },
  );

  it('that died before it wrote down that an arrived guest goes on finds it running', async () => {
    const domid = await node().run('xl domid web.test');
    const arrived = '{"side":"target","arrived":true}';
    await whileStopped(`sed -i 's/"migration":null/"migration":${arrived}/' ${record()}`);
    await until(found, (all) => all.length === 0);
    expect(await see()).toMatchObject({ status: 'running' });
    expect(await node().run('xl domid web.test')).toBe(domid);
    expect(await node().run(`cat ${record()}`)).toContain('"migration":null');
    await power('reboot', { hard: true });
    expect(await see()).toMatchObject({ status: 'running' });
  });

  it('that died before a guest had begun to arrive ends what waits for that', async () => {
    await power('stop', { force: true });
    const toArrive = '{"side":"target","arrived":false}';
    const receive = 'exec sleep infinity 0<>in.fifo >/dev/null 2>&1';
    await whileStopped(
      [
        `cd $(dirname ${record()}) && mkfifo in.fifo && (${receive} &)`,
        `sed -i 's/"migration":null/"migration":${toArrive}/' ${record()}`,
      ].join(' && '),
    );
    expect(
      await until(
        () => node().run(`cat ${record()}`),
        (text) => text.includes('"migration":null'),
      ),
    ).toContain('The agent ended in the middle of its arrival.');
    expect(await node().run(`pgrep -fx "sleep infinity" || true; ls $(dirname ${record()})`)).not.toMatch(
      /\d+|in\.fifo/,
    );
    await until(found, (all) => all.length === 0);
  });

  it('finds nothing of an instance that is removed', async () => {
    await cluster.order('DELETE', api.instance(id), { confirmName: 'web.test' });
    expect(await leftoversOf(node())).toBe('');
    expect(await found()).toEqual([]);
  });
});
