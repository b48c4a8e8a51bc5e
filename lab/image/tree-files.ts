// What the lab adds to Debian's files in the nodes' image.

export type TreeFile = { path: string; text: string; mode?: number };

/** Ports of a node on its control network. */
export const shellPort = 9001;
export const terminalPort = 9002;

/** Where QEMU lets the nodes find the console: the one address outside that they reach. */
export const consoleHost = '10.0.2.100';

/** Where the disk is mounted that keeps what a node must not forget when its power is cut. */
const keep = '/lab';

/** Runs when the template boots, which is nobody: no name, no LAN. Names are certain: NICs are found in the order of their slots. */
const bootScript = `#!/bin/bash
modprobe -a virtio_net drbd tun bridge loop
modprobe -qa kvm-amd kvm-intel
ip -batch - <<END
link set lo up
addr replace 10.0.2.15/24 dev eth0
link set eth0 up
END
`;

/**
 * lab-init ID NAME EPOCH SEED [HOST PORT] makes a node of a copy of the template. All copies have the same random numbers ahead of them
 * (RNDRESEEDCRNG, random(4)), the same boot id and the same machine id, so these come first. Its machine id and what it was given to keep are
 * on its disk. HOST and PORT are those of the console's address, which is to mean the same in the node as on the machine that runs it.
 */
const initScript = `#!/bin/bash
set -e
id=$1 name=$2
date -s "@$3" >/dev/null
perl -e 'open F, "+>", "/dev/urandom" or die $!; syswrite F, $ARGV[0]; ioctl(F, 0x5207, 0) or die $!' "$4"
cat /proc/sys/kernel/random/uuid >/run/boot_id
mount --bind /run/boot_id /proc/sys/kernel/random/boot_id

mount -o noatime,noinit_itable /dev/disk/by-id/virtio-keep ${keep}
mkdir -p ${keep}/{etc,opt}/{upper,work} ${keep}/corral /var/lib/corral
for dir in etc opt; do
  mount -t overlay -o "lowerdir=/$dir,upperdir=${keep}/$dir/upper,workdir=${keep}/$dir/work" "$dir" "/$dir"
done
mount --bind ${keep}/corral /var/lib/corral
if [ ! -e /etc/lab-id ]; then
  echo "$id" >/etc/lab-id
  tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id
  echo "$name" >/etc/hostname
fi
{ echo 127.0.0.1 localhost; for n in {1..16}; do echo "10.77.0.$n node$n"; echo "10.77.0.$((100 + n)) xen$n"; done; } >/etc/hosts
hostname "$name"
# It writes under the ids that it was started with.
systemctl restart systemd-journald

mac=$(printf 52:54:00:1a:00:%02x "$id")
ip -batch - <<END
link set eth1 address $mac
link add br0 address $mac type bridge
link set eth1 master br0
addr replace 10.77.0.$id/24 dev br0
link set eth1 up
link set br0 up
END

case $5 in
  '') ;;
  *[!0-9.]*) echo "${consoleHost} $5" >>/etc/hosts ;;
  *)
    ip addr replace "$5/32" dev lo
    systemd-run --quiet --collect socat "TCP-LISTEN:$6,bind=$5,fork,reuseaddr" "TCP:${consoleHost}:$6"
    ;;
esac

vg=$(readlink -f /dev/disk/by-id/virtio-vg)
if head -c 1024 "$vg" | grep -q LABELONE; then vgchange -q -aay corral; else vgcreate -q corral "$vg"; fi >/dev/null
# As after any boot: what was enabled in this node is started.
if compgen -G '/etc/systemd/system/corral-*' >/dev/null; then systemctl daemon-reload; systemctl start --no-block multi-user.target; fi
`;

const environment =
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LVM_SUPPRESS_FD_WARNINGS=1 LC_ALL=C.UTF-8';

const unit = (description: string, service: string) => `[Unit]
Description=${description}
DefaultDependencies=no
After=lab-boot.service
[Service]
${service}
WorkingDirectory=/root
Environment=${environment}
[Install]
WantedBy=multi-user.target
`;

const listen = (port: number, command: string) =>
  `ExecStart=/usr/bin/socat TCP-LISTEN:${port},fork,reuseaddr ${command}\nRestart=always`;

const bootUnit = `[Unit]
Description=Modules and control network of a lab node
DefaultDependencies=no
After=systemd-tmpfiles-setup-dev.service systemd-sysctl.service
Before=network-pre.target basic.target
Wants=network-pre.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/lab-boot
`;

/** As Debian's generator makes of the script that Xen's package has, which is not run here; but only where Xen runs. */
const xenUnit = `[Unit]
Description=Xen's own programs
DefaultDependencies=no
After=lab-boot.service
[Service]
Type=forking
RemainAfterExit=yes
KillMode=process
ExecCondition=/usr/bin/grep -qs xen /sys/hypervisor/type
ExecStart=/etc/init.d/xen start
ExecStop=/etc/init.d/xen stop
`;

export const treeFiles: TreeFile[] = [
  { path: '/usr/local/sbin/lab-boot', text: bootScript, mode: 0o755 },
  { path: '/usr/local/sbin/lab-init', text: initScript, mode: 0o755 },
  { path: '/etc/systemd/system/lab-boot.service', text: bootUnit },
  { path: '/etc/systemd/system/xen.service', text: xenUnit },
  {
    path: '/etc/systemd/system/lab-shell.service',
    text: unit('Commands from the lab', listen(shellPort, 'EXEC:/bin/bash')),
  },
  {
    path: '/etc/systemd/system/lab-terminal.service',
    text: unit(
      'A terminal for the lab',
      listen(terminalPort, "EXEC:'/bin/bash -li',pty,stderr,setsid,sane,ctty"),
    ),
  },
  // As Ganeti asks of its nodes: 128 devices, and the kernel calls no program when a peer is lost.
  { path: '/etc/modprobe.d/lab.conf', text: 'options drbd minor_count=128 usermode_helper=/bin/true\n' },
  // Disks of instances hold volume groups of their guests, which are none of the node's business.
  {
    path: '/etc/lvm/lvmlocal.conf',
    text: 'devices {\n  global_filter = [ "r|^/dev/drbd|", "r|^/dev/loop|" ]\n}\n',
  },
  // Every node makes its own host keys, when it is asked for the first time.
  {
    path: '/etc/systemd/system/ssh.service.d/lab.conf',
    text: '[Service]\nExecStartPre=\nExecStartPre=/usr/bin/ssh-keygen -A\nExecStartPre=/usr/sbin/sshd -t\n',
  },
  { path: '/etc/systemd/journald.conf.d/lab.conf', text: '[Journal]\nStorage=volatile\n' },
  { path: '/etc/hostname', text: 'template\n' },
  { path: '/etc/fstab', text: '' },
  { path: `${keep}/README`, text: 'What this node keeps when its power is cut.\n' },
];

/** What a node that lives for an hour does not need to boot. */
const maskedServices = [
  ...[
    'systemd-modules-load',
    'kmod-static-nodes',
    'lvm2-monitor',
    'systemd-journal-flush',
    'systemd-random-seed',
  ],
  ...['systemd-update-utmp', 'systemd-update-utmp-runlevel', 'systemd-remount-fs', 'systemd-pstore'],
  ...['systemd-sysusers', 'blk-availability', 'systemd-user-sessions', 'systemd-logind', 'getty-static'],
  ...['getty@tty1', 'serial-getty@ttyS0', 'e2scrub_reap', 'modprobe@configfs', 'modprobe@dm_mod'],
  ...['modprobe@efi_pstore', 'modprobe@fuse', 'modprobe@loop', 'modprobe@drm'],
].map((name) => `${name}.service`);
const maskedOthers = [
  ...['dev-hugepages.mount', 'dev-mqueue.mount', 'sys-kernel-debug.mount', 'sys-kernel-tracing.mount'],
  ...[
    'sys-kernel-config.mount',
    'sys-fs-fuse-connections.mount',
    'apt-daily.timer',
    'apt-daily-upgrade.timer',
  ],
  ...['dpkg-db-backup.timer', 'e2scrub_all.timer', 'fstrim.timer', 'systemd-tmpfiles-clean.timer'],
  ...['lvm2-lvmpolld.socket', 'dm-event.socket'],
];

/** Programs that systemd asks for more units at every reload: a second of work for nothing. */
const generators = [
  ...['cryptsetup', 'debug', 'fstab', 'getty', 'gpt-auto', 'hibernate-resume', 'integritysetup', 'rc-local'],
  ...['run', 'system-update', 'sysv', 'veritysetup'],
].map((name) => `/etc/systemd/system-generators/systemd-${name}-generator`);

const masked = [
  ...[...maskedServices, ...maskedOthers].map((unit) => `/etc/systemd/system/${unit}`),
  ...generators,
];

/** Path and target. */
export const treeLinks: [string, string][] = [
  ...masked.map((path): [string, string] => [path, '/dev/null']),
  ['/etc/systemd/system/sysinit.target.wants/lab-boot.service', '../lab-boot.service'],
  ['/etc/systemd/system/multi-user.target.wants/xen.service', '../xen.service'],
  ['/etc/systemd/system/multi-user.target.wants/lab-shell.service', '../lab-shell.service'],
  ['/etc/systemd/system/multi-user.target.wants/lab-terminal.service', '../lab-terminal.service'],
];

/** What nobody needs in a node and packages put there. */
export const unneeded = [
  ...['/usr/share/doc', '/usr/share/man', '/usr/share/locale'],
  '/etc/systemd/system/multi-user.target.wants/ssh.service',
];
