// /proc/drbd: which line of DRBD the kernel has, and for 8.4 the state of every device. DRBD 9 says only its version there.
import { connectionOf, diskStateOf, downState, roleOf, syncOf, type DeviceState } from './states';

/** 8 or 9; null where the text is none of DRBD's. */
export function parseDrbdLine(text: string): 8 | 9 | null {
  const version = /^version: (\d+)\.(\d+)/m.exec(text);
  if (version?.[1] === '9') return 9;
  return version?.[1] === '8' && Number(version[2]) >= 4 ? 8 : null;
}

/** By minor. A device that was made but not set up is `down`, which is what it is to its user. */
export function parseProcDrbd(text: string): Map<number, DeviceState> {
  const states = new Map<number, DeviceState>();
  // A device is a line `<minor>: cs:…` and the lines below it.
  for (const part of text.split(/^(?= *\d+: cs:)/m)) {
    const head = /^ *(\d+): cs:(\S+)(?: ro:(\S+)\/(\S+) ds:(\S+)\/(\S+))?/.exec(part);
    if (head) states.set(Number(head[1]), stateOf(head, part));
  }
  return states;
}

function stateOf([, , connection = '', ...words]: RegExpExecArray, part: string): DeviceState {
  if (connection === 'Unconfigured') return downState;
  const [role = '', peerRole = '', disk = '', peerDisk = ''] = words;
  const percent = /sync'ed: *([\d.]+)%/.exec(part)?.[1];
  return {
    connection: connectionOf(connection),
    ...{ role: roleOf(role), peerRole: roleOf(peerRole) },
    ...{ diskState: diskStateOf(disk), peerDiskState: diskStateOf(peerDisk) },
    sync: syncOf(connection),
    outOfSyncKiB: Number(/ oos:(\d+)/.exec(part)?.[1] ?? 0),
    // In tenths of a percent.
    syncDone: percent === undefined ? null : Math.min(1, Math.round(Number(percent) * 10) / 1_000),
    secondsLeft: secondsOf(/finish: *(\d+):(\d+):(\d+)/.exec(part)),
  };
}

function secondsOf(clock: RegExpExecArray | null): number | null {
  if (!clock) return null;
  const [, hours, minutes, seconds] = clock;
  return (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
}
