// What the product does to a mirrored instance, done by hand: bare commands of the mirror, and of QEMU with the very command line that the product
// used for its own instance.
import { randomBytes } from 'node:crypto';
import { keyExchangeGroup } from '@/agents/tools/qemu/one-time-key';
import {
  allowTwoPrimaries,
  becomePrimary,
  becomeSecondary,
  makeSides,
  migrationPort,
  rawDevice,
  rawMac,
  rawUuid,
  type ReadRaw,
  removeSide,
  settle,
  timed,
} from './raw-mirror';

const tap = 'benchtap';
const folder = '/run/bench';

/** With names, addresses and files of its own, so that it can run beside the one it is taken from. */
export const readQemu: ReadRaw = async (node, instanceId, { fromRam = false } = {}) => {
  // As `ps` would show it, with /dev/fdset and /proc/self/fd names replaced by what they stand for.
  const text = await node.run(`
    pid=$(pgrep -f -- '-uuid ${instanceId}')
    tr '\\0' '\\n' </proc/$pid/cmdline | while read -r arg; do
      case $arg in /proc/self/fd/*) readlink "/proc/$pid/fd/\${arg##*/}" ;; *) echo "$arg" ;; esac
    done`);
  const args = text
    .split('\n')
    .filter((line) => line !== '')
    .filter((arg, at, all) => arg !== '-add-fd' && all[at - 1] !== '-add-fd')
    .map((arg) =>
      arg
        .replaceAll(instanceId, rawUuid)
        .replace('/dev/fdset/3', rawDevice)
        .replace('/dev/fdset/4', 'serial.log')
        .replace(/ifname=\w+/, `ifname=${tap}`)
        .replace(/mac=[0-9a-f:]{17}/, `mac=${rawMac}`)
        .replace('tiny.root=disk', fromRam ? 'tiny.root=ram' : 'tiny.root=disk'),
    );
  return {
    create: (nodes, sizeMiB) =>
      timed(async () => {
        await makeSides(nodes, sizeMiB);
        await nodes[0].run(`${settle}${start(args)}${monitor}untilRunning`);
      }),
    async migrate(way, { limits, isEncrypted }) {
      const [one, two] = way;
      const key = randomBytes(32).toString('hex');
      const asClient = isEncrypted ? `${keyFiles(key)}${takeKey('client')}` : encryptWith('');
      const asServer = isEncrypted ? `${keyFiles(key)}${takeKey('server')}` : encryptWith('');
      const parameters = JSON.stringify({
        execute: 'migrate-set-parameters',
        arguments: {
          'max-bandwidth': limits.bandwidthMiBs * 1024 * 1024,
          'downtime-limit': limits.downtimeMs,
        },
      });
      const to = `tcp:${two.lanAddress}:${migrationPort}`;
      const incoming = { execute: 'migrate-incoming', arguments: { uri: `tcp:0:${migrationPort}` } };
      return timed(async () => {
        await allowTwoPrimaries(way, 'yes');
        await two.run(`${becomePrimary}${start(args, ['-incoming', 'defer'])}${monitor}${asServer}
          say '${JSON.stringify(incoming)}'`);
        await one.run(`${monitor}${asClient}
          say '${parameters}'
          say '{"execute":"migrate","arguments":{"uri":"${to}"}}'
          until case $REPLY in *'"completed"'*) true;; *'"failed"'*) exit 1;; *) sleep 0.1; false;; esac; do say '{"execute":"query-migrate"}'; done`);
        await two.run(`${monitor}untilRunning`);
        await one.run(`${monitor}echo '{"execute":"quit"}' >&\${Q[1]}; ${becomeSecondary}
          ip link del ${tap}`);
        await allowTwoPrimaries(way, 'no');
      });
    },
    failover: (survivor) => timed(() => survivor.run(`${becomePrimary}${start(args)}${monitor}untilRunning`)),
    async remove(nodes) {
      const script = `
        pkill -9 -f -- '-uuid ${rawUuid}'; while pgrep -f -- '-uuid ${rawUuid}' >/dev/null; do sleep 0.05; done
        ip link del ${tap} 2>/dev/null
        ${removeSide}
        rm -rf ${folder}; true`;
      await Promise.all(nodes.filter((one) => one.isRunning()).map((one) => one.run(script)));
    },
  };
};

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

const start = (args: string[], extra: string[] = []) => `
mkdir -p ${folder}; rm -f ${folder}/*; cd ${folder}
ip tuntap add ${tap} mode tap; ip link set ${tap} master br0 up
nohup ${[...args, ...extra].map(quote).join(' ')} </dev/null >qemu.log 2>&1 &
`;

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
