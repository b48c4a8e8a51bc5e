// The few text files that make busybox a system: see docs/tiny-os.md for what they promise.

/** First program in the initramfs: loads drivers, then goes on from the disk, or stays in memory. */
const init = `#!/bin/sh
export PATH=/bin:/sbin:/usr/bin:/usr/sbin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read module; do insmod "/modules/$module.ko" 2>/dev/null; done < /modules/order
case " $(cat /proc/cmdline) " in
*' tiny.root=disk '*)
  tries=0
  until disk=$(findfs LABEL=tinyroot 2>/dev/null) || [ $tries -ge 50 ]; do tries=$((tries + 1)); sleep 0.1; done
  if [ -n "$disk" ] && mount -t ext4 "$disk" /mnt; then
    for folder in proc sys dev; do mount -o move /$folder /mnt/$folder; done
    exec switch_root /mnt /sbin/init
  fi
  echo 'No disk with the tiny OS was found; running from memory.' > /dev/console
  ;;
esac
exec /sbin/init
`;

const inittab = `::sysinit:/etc/rc
::respawn:/etc/serial
tty1::respawn:/sbin/getty 38400 tty1 linux
::ctrlaltdel:/sbin/reboot
::shutdown:/bin/umount -a -r
`;

const rc = `#!/bin/sh
export PATH=/bin:/sbin:/usr/bin:/usr/sbin
mkdir -p /dev/pts
mount -t devpts devpts /dev/pts
mount -t tmpfs tmp /tmp
for word in $(cat /proc/cmdline); do
  case $word in tiny.hostname=*) echo "\${word#*=}" > /etc/hostname ;; esac
done
hostname -F /etc/hostname
echo "127.0.0.1 localhost $(hostname)" > /etc/hosts
ip link set lo up
for link in /sys/class/net/eth*; do
  [ -e "$link" ] || continue
  nic=\${link##*/}
  ip link set "$nic" up
  udhcpc -b -S -i "$nic" -s /etc/udhcpc.sh -x "hostname:$(hostname)" > /dev/null 2>&1 &
done
syslogd -C64
acpid
`;

/** The serial line of a machine of QEMU's, or the console that Xen gives a domain. */
const serial = `#!/bin/sh
case $(cat /sys/class/tty/console/active) in
*hvc0*) exec /sbin/getty -L 115200 hvc0 vt100 ;;
*) exec /sbin/getty -L 115200 ttyS0 vt100 ;;
esac
`;

const udhcpc = `#!/bin/sh
case $1 in
deconfig) ip addr flush dev "$interface" ;;
bound | renew)
  ip addr flush dev "$interface"
  ip addr add "$ip/\${mask:-24}" dev "$interface"
  for gateway in $router; do ip route replace default via "$gateway" dev "$interface"; break; done
  : > /etc/resolv.conf
  for server in $dns; do echo "nameserver $server" >> /etc/resolv.conf; done
  ;;
esac
`;

const powerButton = `#!/bin/sh
exec poweroff
`;

const issue = `
Corral tiny OS on \\n, \\l
Sign in as root; there is no password.

`;

const profile = `export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root
PS1='root@\\h:\\w\\$ '
`;

export type Script = { path: string; text: string; executable: boolean };

const script = (path: string, text: string): Script => ({ path, text, executable: true });
const setting = (path: string, text: string): Script => ({ path, text, executable: false });

/** What stands both in memory and on a disk. */
export const systemFiles: Script[] = [
  setting('etc/inittab', inittab),
  script('etc/rc', rc),
  script('etc/serial', serial),
  script('etc/udhcpc.sh', udhcpc),
  script('etc/acpi/PWRF/00000080', powerButton),
  setting('etc/issue', issue),
  setting('etc/profile', profile),
  setting('etc/passwd', 'root::0:0:root:/root:/bin/sh\n'),
  setting('etc/group', 'root:x:0:\n'),
  setting('etc/shells', '/bin/sh\n'),
  setting('etc/hostname', 'tiny\n'),
  setting('etc/os-release', 'ID=corral-tiny\nNAME="Corral tiny OS"\nPRETTY_NAME="Corral tiny OS"\n'),
];

export const bootFiles: Script[] = [script('init', init)];

export const emptyFolders = ['dev', 'proc', 'sys', 'tmp', 'mnt', 'root', 'run', 'var/log', 'var/run'];

/** In the order of need: disk first, then NIC, memory balloon, randomness, and the power button with its event device; last, Xen's own. */
export const neededModules = [
  'virtio_pci',
  'virtio_blk',
  'virtio_net',
  'virtio_balloon',
  'virtio_rng',
  'button',
  'evdev',
  'xen_blkfront',
  'xen_netfront',
];
