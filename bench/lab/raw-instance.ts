// What the product does to a mirrored instance, done by hand: bare lvcreate, drbdmeta, drbdsetup and QEMU commands in one bash script per node
// and stage, with the very QEMU command line that the product used for its own instance.
import { randomBytes } from 'node:crypto';
import { keyExchangeGroup } from '@/agents/tools/qemu/one-time-key';
import type { LabNode } from '@/lab/lab-node';

/** A machine's command line as its node shows it, with names, addresses and files of its own: it can run beside the one it is taken from. */
export type NodeCommand = { args: string[] };

const minor = 900;
const port = 15_900;
const uuid = '00000000-0000-4000-8000-000000000900';
const tap = 'benchtap';
export const rawMac = 'aa:00:00:00:09:00';
const folder = '/run/bench';
const migrationPort = 15_901;
const resource = 'bench';

/** As `ps` would show it, with /dev/fdset and /proc/self/fd names replaced by what they stand for. */
export async function readCommand(node: LabNode, instanceId: string): Promise<NodeCommand> {
  const text = await node.run(`
    pid=$(pgrep -f -- '-uuid ${instanceId}')
    tr '\\0' '\\n' </proc/$pid/cmdline | while read -r arg; do
      case $arg in /proc/self/fd/*) readlink "/proc/$pid/fd/\${arg##*/}" ;; *) echo "$arg" ;; esac
    done`);
  const args = text.split('\n').filter((line) => line !== '');
  const own = args
    .filter((arg, at) => arg !== '-add-fd' && args[at - 1] !== '-add-fd')
    .map((arg) =>
      arg
        .replaceAll(instanceId, uuid)
        .replace('/dev/fdset/3', `/dev/drbd${minor}`)
        .replace('/dev/fdset/4', 'serial.log')
        .replace(/ifname=\w+/, `ifname=${tap}`)
        .replace(/mac=[0-9a-f:]{17}/, `mac=${rawMac}`),
    );
  return { args: own };
}

const quote = (arg: string) => `'${arg.replaceAll("'", `'\\''`)}'`;

/** Bash that speaks to the machine's monitor: `say '{…}'` leaves the answer in REPLY. */
const monitor = `
cd ${folder}
until [ -S qmp.sock ]; do sleep 0.02; done
coproc Q { socat - UNIX:qmp.sock; }
say() { echo "$1" >&\${Q[1]}; while read -r REPLY <&\${Q[0]}; do case $REPLY in *'"return"'*|*'"error"'*) return;; esac; done; }
say '{"execute":"qmp_capabilities"}'
untilRunning() { until case $REPLY in *'"running": true'*) true;; *) sleep 0.05; false;; esac; do say '{"execute":"query-status"}'; done; }
`;

const start = ({ args }: NodeCommand, extra: string[] = []) => `
mkdir -p ${folder}; rm -f ${folder}/*; cd ${folder}
ip tuntap add ${tap} mode tap; ip link set ${tap} master br0 up
nohup ${[...args, ...extra].map(quote).join(' ')} </dev/null >qemu.log 2>&1 &
`;

/** On both nodes at once: volumes, wiped as the product wipes them, metadata, the device, its connection. */
const makeSide = (sizeMiB: number, [own, peer]: readonly [LabNode, LabNode]) => `
set -e
lvcreate -q -q -y -Wn -Zn -L ${sizeMiB}M -n ${resource} corral
lvcreate -q -q -y -Wn -Zy -L 128M -n ${resource}.meta corral
blkdiscard --zeroout /dev/corral/${resource}
drbdmeta --force ${minor} v08 /dev/corral/${resource}.meta flex-external create-md >/dev/null 2>&1
drbdsetup new-resource ${resource}
drbdsetup new-minor ${resource} ${minor} 0
drbdsetup attach ${minor} /dev/corral/${resource} /dev/corral/${resource}.meta flexible --on-io-error=detach
drbdsetup connect ${resource} ${addresses(own, peer)} --protocol=C --cram-hmac-alg=sha256 --shared-secret=bench --ping-int=10 --ping-timeout=20 --connect-int=3
`;

const addresses = (own: LabNode, peer: LabNode) =>
  `ipv4:${own.lanAddress}:${port} ipv4:${peer.lanAddress}:${port}`;

const settle = `
until drbdsetup status ${resource} | grep -q 'peer-disk:'; do sleep 0.05; done
drbdsetup new-current-uuid --clear-bitmap ${minor}
drbdsetup primary ${minor}
`;

/** Milliseconds until the machine runs. The first node becomes its primary one. */
export async function createRaw(
  [one, two]: readonly [LabNode, LabNode],
  { command, sizeMiB }: { command: NodeCommand; sizeMiB: number },
): Promise<number> {
  return timed(async () => {
    await Promise.all([one.run(makeSide(sizeMiB, [one, two])), two.run(makeSide(sizeMiB, [two, one]))]);
    await one.run(`${settle}${start(command)}${monitor}untilRunning`);
  });
}

/** The files of a key that is used once, in the folder in which QEMU works. */
const keyFiles = (key: string) => `
printf '%s\\n' 'bench:${key}' >${folder}/keys.psk
cat >${folder}/dh-params.pem <<'END'
${keyExchangeGroup()}END
`;

const takeKey = (endpoint: 'server' | 'client') => {
  const object = { 'qom-type': 'tls-creds-psk', id: 'tls', dir: '.', endpoint };
  const named = endpoint === 'client' ? { ...object, username: 'bench' } : object;
  // Where it arrived over TLS itself, it still has the other end's.
  return `
say '${JSON.stringify({ execute: 'object-del', arguments: { id: 'tls' } })}'
say '${JSON.stringify({ execute: 'object-add', arguments: named })}'
${encryptWith('tls')}`;
};

/** None where the name is empty. */
const encryptWith = (name: 'tls' | '') => `
say '${JSON.stringify({ execute: 'migrate-set-parameters', arguments: { 'tls-creds': name } })}'
`;

type RawMigration = {
  command: NodeCommand;
  /** As the product sets them. */
  limits: { bandwidthMiBs: number; downtimeMs: number };
  isEncrypted: boolean;
};

/** Milliseconds from the first step to the last, when the machine runs on the second node alone. */
export async function migrateRaw(
  [one, two]: readonly [LabNode, LabNode],
  { command, limits, isEncrypted }: RawMigration,
): Promise<number> {
  const key = randomBytes(32).toString('hex');
  const asClient = isEncrypted ? `${keyFiles(key)}${takeKey('client')}` : encryptWith('');
  const asServer = isEncrypted ? `${keyFiles(key)}${takeKey('server')}` : encryptWith('');
  const allow = (own: LabNode, peer: LabNode, allowed: 'yes' | 'no') =>
    own.run(`drbdsetup net-options ${addresses(own, peer)} --allow-two-primaries=${allowed}`);
  const both = (allowed: 'yes' | 'no') => Promise.all([allow(one, two, allowed), allow(two, one, allowed)]);
  const parameters = JSON.stringify({
    execute: 'migrate-set-parameters',
    arguments: { 'max-bandwidth': limits.bandwidthMiBs * 1024 * 1024, 'downtime-limit': limits.downtimeMs },
  });
  const to = `tcp:${two.lanAddress}:${migrationPort}`;
  const incoming = { execute: 'migrate-incoming', arguments: { uri: `tcp:0:${migrationPort}` } };
  return timed(async () => {
    await both('yes');
    await two.run(`drbdsetup primary ${minor}${start(command, ['-incoming', 'defer'])}${monitor}${asServer}
      say '${JSON.stringify(incoming)}'`);
    await one.run(`${monitor}${asClient}
      say '${parameters}'
      say '{"execute":"migrate","arguments":{"uri":"${to}"}}'
      until case $REPLY in *'"completed"'*) true;; *'"failed"'*) exit 1;; *) sleep 0.1; false;; esac; do say '{"execute":"query-migrate"}'; done`);
    await two.run(`${monitor}untilRunning`);
    await one.run(`${monitor}echo '{"execute":"quit"}' >&\${Q[1]}; until drbdsetup secondary ${minor} 2>/dev/null; do sleep 0.05; done
      ip link del ${tap}`);
    await both('no');
  });
}

/** Milliseconds until the machine runs on the node, whose peer is lost. */
export const failoverRaw = (node: LabNode, command: NodeCommand): Promise<number> =>
  timed(() => node.run(`drbdsetup primary ${minor}${start(command)}${monitor}untilRunning`));

/** Whatever of it is there. */
export async function removeRaw(nodes: readonly LabNode[]): Promise<void> {
  const script = `
    pkill -9 -f -- '-uuid ${uuid}'; while pgrep -f -- '-uuid ${uuid}' >/dev/null; do sleep 0.05; done
    ip link del ${tap} 2>/dev/null
    drbdsetup down ${resource} 2>/dev/null
    lvremove -q -q -f corral/${resource} corral/${resource}.meta 2>/dev/null
    rm -rf ${folder}; true`;
  await Promise.all(nodes.filter((node) => node.isRunning()).map((node) => node.run(script)));
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}
