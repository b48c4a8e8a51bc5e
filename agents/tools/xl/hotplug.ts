// What Xen has run on the node for each disk and NIC that a domain gets, in place of its own scripts. Those start some thirty programs for each
// device, and ask each domain on the node for its disks: all the while a guest that migrates stands still. What they look after besides, that no two
// write to one disk, is looked after before a start and before a disk is plugged in (`requireUnclaimed`).
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentDataFolder } from '@/contract/agent-install';

const folder = join(agentDataFolder, 'xen-scripts');
/** By where they lie, as they are written into the configuration of a domain. */
export const hotplugScripts = { disk: join(folder, 'disk'), nic: join(folder, 'nic') };

/** Xen reads from its store how it went; what is written there in one call is there at once. */
const head = `#!/bin/sh
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
fail() {
  xenstore-write "$XENBUS_PATH/hotplug-error" "$1" "$XENBUS_PATH/hotplug-status" error
  exit 1
}
`;

/** Called with \`add\` and \`remove\`. */
const disk = `${head}
[ "$1" = add ] || exit 0
path=$(xenstore-read "$XENBUS_PATH/params") || fail 'the path of a disk cannot be read'
[ -b "$path" ] || fail "$path is no block device"
number=$(stat -L -c %t:%T "$path") || fail "$path cannot be looked at"
xenstore-write "$XENBUS_PATH/physical-device" "$number" "$XENBUS_PATH/physical-device-path" "$path" \\
  "$XENBUS_PATH/hotplug-status" connected
`;

/** Called with \`online\` and \`offline\`, and of an emulated NIC besides with \`add\` and \`remove\`. Its address is the highest, which no bridge takes as its own. */
const nic = `${head}
case "$1" in
  online) device=$vif ;;
  add) device=$INTERFACE ;;
  *) exit 0 ;;
esac
bridge=$(xenstore-read "$XENBUS_PATH/bridge") || fail 'the bridge of a NIC cannot be read'
[ -d "/sys/class/net/$bridge/bridge" ] || fail "the node has no bridge $bridge"
read -r mtu <"/sys/class/net/$bridge/mtu"
ip link set dev "$device" address fe:ff:ff:ff:ff:ff mtu "$mtu" master "$bridge" up ||
  fail "$device cannot be put into $bridge"
[ "$1" = online ] || exit 0
place=\${vif#vif}
xenstore-write "/local/domain/\${place%.*}/device/vif/\${place#*.}/mtu" "$mtu" "$XENBUS_PATH/hotplug-status" connected
`;

/** To be called before a device is added; cheap where they are there already. */
export async function placeHotplugScripts(): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [path, text] of [
    [hotplugScripts.disk, disk],
    [hotplugScripts.nic, nic],
  ] as const)
    if ((await readFile(path, 'utf8').catch(() => null)) !== text) await place(path, text);
}

/** One that runs already is another file, and goes on. */
async function place(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text);
  await chmod(draft, 0o755);
  await rename(draft, path);
}
