// A machine to install on: this one in a mount namespace of its own, where the folders that the script writes to are empty and programs of
// systemd and apt are stand-ins. The agent that is started is the real one.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const canMount = process.getuid?.() === 0 && tryMount();

function tryMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Folders of the machine, all below one that outlives each run of the script. */
const ownFolders = ['/opt', '/var/lib/corral', '/etc/systemd/system', '/etc/default', '/run/systemd/system'];

export type Ran = { code: number | null; output: string };
export type Machine = {
  run(script: string, more?: { args?: string[]; env?: Record<string, string> }): Promise<Ran>;
  /** A file of the machine; null where there is none. */
  read(file: string): Promise<string | null>;
  write(file: string, text: string): Promise<void>;
  /** What was asked of systemd and apt, a line each. */
  asked(): Promise<string[]>;
  /** Ends the agent, as systemd would. */
  stopAgent(): Promise<void>;
  remove(): Promise<void>;
};

export async function makeMachine(): Promise<Machine> {
  const folder = await mkdtemp(path.join(tmpdir(), 'corral-machine-'));
  const at = (file: string) => path.join(folder, 'root', file);
  for (const own of ownFolders) await mkdir(at(own), { recursive: true });
  const bin = path.join(folder, 'bin');
  await mkdir(bin);
  for (const [name, text] of Object.entries(standIns(folder))) {
    await writeFile(path.join(bin, name), `#!/bin/sh\n${text}`);
    await chmod(path.join(bin, name), 0o755);
  }
  const mounts = ownFolders.map((own) => `mkdir -p ${own} && mount --bind ${at(own)} ${own}`);
  const stopAgent = async () => {
    const pid = Number((await readIf(path.join(folder, 'pid'))) ?? 0);
    if (pid > 0) execFileSync('sh', ['-c', `kill ${pid} 2>/dev/null; tail --pid=${pid} -f /dev/null`]);
  };
  return {
    run: async (script, { args = [], env = {} } = {}) => {
      const file = path.join(folder, 'install.sh');
      await writeFile(file, script);
      const start = [...mounts, `exec sh ${[file, ...args].join(' ')}`].join(' && ');
      const child = spawn('unshare', ['--mount', 'sh', '-c', start], {
        env: { NODE_ENV: 'test', PATH: `${bin}:${process.env['PATH']}`, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => void (output += chunk.toString()));
      await once(child, 'close');
      return { code: child.exitCode, output };
    },
    read: (file) => readIf(at(file)),
    write: async (file, text) => {
      await mkdir(path.dirname(at(file)), { recursive: true });
      await writeFile(at(file), text);
    },
    asked: async () => ((await readIf(path.join(folder, 'asked'))) ?? '').trimEnd().split('\n'),
    stopAgent,
    remove: async () => {
      await stopAgent();
      await rm(folder, { recursive: true });
    },
  };
}

/** `systemctl` does what the unit says, as far as starting goes; the journal is the agent's output since its last start. */
function standIns(folder: string): Record<string, string> {
  const note = (name: string) => `echo "${name} $*" >>${folder}/asked\n`;
  const unit = '/etc/systemd/system/corral-agent.service';
  return {
    systemctl: `${note('systemctl')}
case "$*" in
  'restart '*)
    if [ -e ${folder}/pid ]; then kill "$(cat ${folder}/pid)" && tail --pid="$(cat ${folder}/pid)" -f /dev/null; fi
    set -a; . /etc/default/corral-agent; set +a
    start=$(sed -n 's/^ExecStart=//p' ${unit} | sed 's/\\\${[A-Z_]*}/"&"/g')
    PATH=/nowhere; eval "exec $start" >${folder}/journal 2>&1 </dev/null & echo $! >${folder}/pid ;;
  *SubState*) if kill -0 "$(cat ${folder}/pid)" 2>/dev/null; then echo running; else echo auto-restart; fi ;;
  *InvocationID*) echo one ;;
esac
`,
    journalctl: `cat ${folder}/journal\n`,
    'apt-get': note('apt-get'),
    'dpkg-query': `case "$*" in *lvm2) echo not-installed ;; *drbd-utils) exit 1 ;; *) echo installed ;; esac\n`,
  };
}

const readIf = (file: string) => readFile(file, 'utf8').catch(() => null);
