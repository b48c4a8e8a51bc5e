// The guest of a simulated instance, as its serial line shows it: boots, asks for a login, echoes and knows a few commands.
// What it said is kept from the first line, so that a late viewer reads everything.
import type { Duplex } from 'node:stream';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { createStreamPair } from '../console/stream-pair';

/** What the guest does to its machine. */
export type GuestPower = { isUp(): boolean; powerOff(): void; reboot(): void; crash(reason: string): void };

export type SimulatedGuest = {
  /** Prints the boot, below what was said before. */
  boot(definition: InstanceDefinition): void;
  /** Goes on without booting: it was running elsewhere, or before. */
  resume(definition: InstanceDefinition): void;
  say(text: string): void;
  /** All that was said. */
  history(): Buffer;
  /** Forgets what was said and begins with this. */
  begin(history: Buffer): void;
  view(): Duplex;
  /** Ends all viewers. */
  close(): void;
};

const historyLimit = 64 * 1024;
// A viewer that does not read loses the connection, not the memory of the agent.
const viewerLimitBytes = 256 * 1024;

export function createGuest(power: GuestPower): SimulatedGuest {
  const viewers = new Set<Duplex>();
  let history = '';
  let line = '';
  let user = '';
  let definition: InstanceDefinition | null = null;

  const say = (text: string) => {
    history = (history + text).slice(-historyLimit);
    for (const viewer of viewers) {
      viewer.write(text);
      if (viewer.writableLength > viewerLimitBytes) viewer.destroy();
    }
  };
  const prompt = () => say(user === '' ? `${definition?.name} login: ` : '# ');
  const enter = () => {
    if (!definition) return;
    const entered = line.trim();
    line = '';
    say('\r\n');
    if (user === '') user = entered;
    else if (runCommand(entered, { definition, say, power })) return;
    prompt();
  };
  const hear = (bytes: Buffer) => {
    if (!power.isUp()) return;
    for (const character of bytes.toString('latin1')) {
      if (character === '\r' || character === '\n') enter();
      else if (character === '\x7f' || character === '\b') {
        if (line !== '') say('\b \b');
        line = line.slice(0, -1);
      } else if (character >= ' ') {
        line = (line + character).slice(0, 1_024);
        say(character);
      }
    }
  };

  return {
    boot: (booted) => {
      definition = booted;
      line = '';
      user = '';
      say(bootText(definition));
      prompt();
    },
    resume: (resumed) => void (definition = resumed),
    say,
    history: () => Buffer.from(history, 'latin1'),
    begin: (seed) => {
      history = '';
      say(seed.toString('latin1'));
    },
    view: () => {
      const { inside, outside } = createStreamPair();
      inside.on('data', hear);
      inside.on('close', () => viewers.delete(inside));
      inside.write(history);
      viewers.add(inside);
      return outside;
    },
    close: () => viewers.forEach((viewer) => viewer.end()),
  };
}

type Shell = { definition: InstanceDefinition; say(text: string): void; power: GuestPower };

/** True when the guest has gone and will not prompt again. */
function runCommand(command: string, { definition, say, power }: Shell): boolean {
  const answers: Record<string, string> = {
    '': '',
    'cat /proc/meminfo': memInfo(definition.memoryMiB),
    nproc: `${definition.vcpus}\r\n`,
    hostname: `${definition.name}\r\n`,
    'uname -r': '6.1.0-simulated\r\n',
  };
  if (command === 'poweroff') {
    say('The system is going down.\r\n[    9.000000] reboot: Power down\r\n');
    power.powerOff();
    return true;
  }
  if (command === 'reboot') {
    say('[    9.000000] reboot: Restarting system\r\n');
    power.reboot();
    return true;
  }
  if (command === 'crash') {
    say('[    9.000000] Kernel panic - not syncing: asked to\r\n');
    power.crash('the simulated guest was told to crash');
    return true;
  }
  say(answers[command] ?? `sh: ${command}: not found\r\n`);
  return false;
}

function memInfo(memoryMiB: number): string {
  const kB = (part: number) => `${Math.round(memoryMiB * 1024 * part)}`.padStart(9);
  return `MemTotal:       ${kB(0.97)} kB\r\nMemFree:        ${kB(0.9)} kB\r\nMemAvailable:   ${kB(0.92)} kB\r\n`;
}

function bootText({ name, memoryMiB, vcpus, disks, nics }: InstanceDefinition): string {
  return [
    'SeaBIOS (simulated)',
    'Booting from Hard Disk...',
    '[    0.000000] Linux version 6.1.0-simulated (corral) #1 SMP',
    `[    0.004000] Memory: ${memoryMiB * 1024}K`,
    `[    0.010000] smp: Brought up 1 node, ${vcpus} CPU${vcpus === 1 ? '' : 's'}`,
    ...disks.map(
      ({ index, sizeMiB }) =>
        `[    0.30000${index % 10}] vd${'abcdefghijklmnop'[index] ?? '?'}: ${sizeMiB} MiB`,
    ),
    ...nics.map(({ index, mac }) => `[    0.40000${index % 10}] eth${index}: ${mac}`),
    `[    0.900000] ${name} is up.`,
    '',
    '',
  ].join('\r\n');
}
