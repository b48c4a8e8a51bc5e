// What the product does to a mirrored instance under Xen, done by hand: bare commands of the mirror, and `xl` with the configuration that the
// product made for its own instance, but for its scripts.
import type { LabNode } from '@/lab/lab-node';
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

/** Emulated nodes take a minute or so. */
const migrateMs = 300_000;
const folder = '/run/bench-domain';
const config = `${folder}/domain.cfg`;
const name = 'bench';
const start = `xl create -e -q ${config}`;
/** Each word of the watch is looked into, as the agent does. */
const untilConnected = `
state=/local/domain/$(xl domid ${name})/device/vbd/51712/state
while read -r _; do [ "$(xenstore-read $state)" = 4 ] && break; done < <(exec xenstore-watch $state)
kill $!`;
/** The tiny OS, which every node has made. */
const tiny = '/var/lib/corral/agent/os/tiny/*';
const install = `flock --no-fork ${rawDevice} mke2fs -q -F -t ext4 -L tinyroot -m 0 -E nodiscard -d ${tiny}/root ${rawDevice}`;

/** Of an instance with the tiny OS; with names, addresses and files of its own, so that it can run beside the one it is taken from. */
export const readDomain =
  (nodes: () => readonly LabNode[]): ReadRaw =>
  async (node, instanceId) => {
    const own = `/var/lib/corral/agent/xen/${instanceId}`;
    const text = (await node.run(`cat ${own}/domain.cfg`))
      .replaceAll(own, folder)
      .replaceAll(instanceId, rawUuid)
      .replace(/^name = .*$/m, `name = "${name}"`)
      .replace(/\/dev\/drbd\d+/, rawDevice)
      .replace(/mac=[0-9a-f:]{17}/, `mac=${rawMac}`)
      // Its devices come and go as Xen does it by itself.
      .replaceAll(/,script=[^,"]+/g, '');
    await Promise.all(
      nodes().map((one) =>
        one.run(`
          mkdir -p ${folder} && cd ${folder} && cp ${tiny}/vmlinuz kernel && cp ${tiny}/initrd initrd
          openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=bench -keyout pem -out cert 2>/dev/null && cat cert >>pem
          cat >${config} <<'END'
${text}END`),
      ),
    );
    return {
      create: (pair, sizeMiB) =>
        timed(async () => {
          await makeSides(pair, sizeMiB);
          await pair[0].run(`${settle}${install}
${start}`);
        }),
      untilFound: (node) => timed(() => node.run(untilConnected)),
      migrate: (way, { isEncrypted }) => {
        const [one, two] = way;
        const listen = isEncrypted
          ? `OPENSSL-LISTEN:${migrationPort},cert=${folder}/pem,verify=0`
          : `TCP-LISTEN:${migrationPort}`;
        const dial = isEncrypted
          ? `OPENSSL:${two.lanAddress}:${migrationPort},verify=0`
          : `TCP:${two.lanAddress}:${migrationPort}`;
        return timed(async () => {
          await allowTwoPrimaries(way, 'yes');
          await two.run(
            `${becomePrimary} && { setsid socat ${listen},reuseaddr EXEC:'xl migrate-receive -e' >${folder}/receive.log 2>&1 & }`,
          );
          await one.run(
            `xl migrate -e -C ${config} -s '' ${name} 'exec socat STDIO ${dial},retry=100,interval=0.05' 2>${folder}/send.log || { cat ${folder}/send.log; false; }
            ${becomeSecondary}`,
            migrateMs,
          );
          await allowTwoPrimaries(way, 'no');
        });
      },
      failover: (survivor) => timed(() => survivor.run(`${becomePrimary} && ${start}`)),
      async remove(those) {
        const script = `
          xl destroy ${name} 2>/dev/null; while xl domid ${name} >/dev/null 2>&1; do sleep 0.05; done
          ${removeSide}
          rm -rf ${folder}; true`;
        await Promise.all(those.filter((one) => one.isRunning()).map((one) => one.run(script)));
      },
    };
  };
