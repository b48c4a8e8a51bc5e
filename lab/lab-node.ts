// One node of a lab: a copy of the template with disks of its own. Its power may be cut at any moment, and given back.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '@/tools/setup/run-command.mjs';
import { startMachine, type Machine } from './machine';
import { runInNode, type Answer } from './node-shell';
import type { Endpoint, NodePorts, QemuCommand, Shape } from './qemu-command';
import type { ReadyTemplate } from './ready-template';
import { restore } from './template';

export type LabNode = {
  readonly name: string;
  readonly id: number;
  /** host:port where this machine reaches the node's agent. */
  readonly agentAddress: string;
  /** Of the node on the LAN, whose bridge is br0: 10.77.0.<id>. */
  readonly lanAddress: string;
  readonly ports: NodePorts;
  isRunning(): boolean;
  /** Process id of its QEMU; null when it has no power. */
  pid(): number | null;
  /** Runs a bash command as root, without input; answers exit code and output, errors among it. */
  sh(command: string, timeoutMs?: number): Promise<Answer>;
  /** As sh, but any exit code other than 0 is an error. Answers the output. */
  run(command: string, timeoutMs?: number): Promise<string>;
  /** Cuts its power. */
  kill(): Promise<void>;
  /** Gives it power: it comes up with its name, its disks, /etc, /opt and /var/lib/corral, and forgets all else. Nothing where it runs. */
  start(): Promise<void>;
  setClock(time: Date): Promise<void>;
  /** Cuts its power and throws its disks away: the next start is its first. */
  wipe(): Promise<void>;
};

export type NodeOptions = {
  id: number;
  name: string;
  folder: string;
  template: ReadyTemplate;
  shape: Shape;
  diskGiB: number;
  ports: NodePorts;
  lanSocket: string;
  qmpSocket: string;
  /** What of this machine it reaches. */
  console: Endpoint | null;
  files: Endpoint | null;
  /** Told when its QEMU has ended by itself, as when the node was switched off from within. */
  onPowerLost(): void;
};

export function createNode(options: NodeOptions): LabNode {
  const { id, name, ports } = options;
  let machine: Machine | null = null;
  const isRunning = () => machine?.isRunning() ?? false;
  const sh = (command: string, timeoutMs?: number) => {
    if (!isRunning()) return Promise.reject(new Error(`${name} has no power for: ${command}`));
    return runInNode(ports.shell, command, timeoutMs);
  };
  const run = async (command: string, timeoutMs?: number) => {
    const { exitCode, output } = await sh(command, timeoutMs);
    if (exitCode !== 0) throw new Error(`On ${name}, exit code ${exitCode} of ${command}\n${output}`);
    return output;
  };
  const kill = async () => {
    const killed = machine;
    machine = null;
    await killed?.kill();
  };
  const start = async () => {
    if (isRunning()) return;
    const started = await copyTemplate(options);
    machine = started;
    void started.ended.then(() => machine === started && options.onPowerLost());
    const seed = randomBytes(32).toString('hex');
    const { host, port } = options.console ?? { host: '', port: '' };
    await run(`lab-init ${id} ${name} ${Date.now() / 1000} ${seed} ${host} ${port}`);
  };
  return {
    ...{ name, id, ports, sh, run, isRunning, kill, start },
    agentAddress: `127.0.0.1:${ports.agent}`,
    lanAddress: `10.77.0.${id}`,
    pid: () => (isRunning() ? (machine?.pid ?? null) : null),
    setClock: async (time) => void (await run(`date -s @${time.getTime() / 1000}`)),
    async wipe() {
      await kill();
      rmSync(options.folder, { recursive: true, force: true });
    },
  };
}

async function copyTemplate(options: NodeOptions): Promise<Machine> {
  const { name, folder, template, shape, diskGiB, ports, lanSocket, qmpSocket } = options;
  const reaches = [options.console, options.files].filter((one) => one !== null);
  mkdirSync(folder, { recursive: true });
  const disks = { vg: join(folder, 'vg.img'), keep: join(folder, 'keep.img') };
  if (!existsSync(disks.vg)) await mustRun('truncate', ['-s', `${diskGiB}G`, disks.vg]);
  if (!existsSync(disks.keep)) await mustRun('cp', ['--sparse=always', template.image.keep, disks.keep]);
  const command: QemuCommand = {
    ...{ role: 'copy', name, image: template.image, disks, ports, reaches, ...shape },
    ...{ memoryFile: template.memory, lanSocket, qmpSocket, serialLog: join(folder, 'serial.log') },
  };
  const machine = await startMachine(command, join(folder, 'qemu.log'));
  try {
    await restore(machine.qmp, template.state);
    return machine;
  } catch (error) {
    await machine.kill();
    throw error;
  }
}
