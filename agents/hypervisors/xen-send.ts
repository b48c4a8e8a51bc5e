// The source's part of a migration: `xl migrate`, with pipes to us instead of a connection of its own. What the target answers is passed on up to
// its "ready", which we keep: then all of the guest has arrived and it stands still here, until it is taken apart or taken back. A guest is taken
// back by `xl` itself, when the pipe that it reads from ends. That pipe is held by a program of its own, not by the agent, whose death changes
// nothing of what was decided.
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { AppError } from '@/contract/errors';
import { drainFifo, makeFifo, writeFifo } from '../tools/fifo/fifo';
import { collectAfterwards } from '../tools/heap';
import { findHolders, killHolders, waitForHolders } from '../tools/proc/holders';
import { launch } from '../tools/run';
import { enterTunnel } from '../tools/tls/one-time-tunnel';
import type { MigrateRequest, Progress } from './hypervisor';
import { banner, Hello, listenFor, readLine, ready, Welcome, writeLine } from './xen-wire';

const endMs = 120_000;
const killMs = 15_000;
/**
 * A target that neither takes nor says anything for so long has died without a word; the kernel itself would ask for a quarter of an hour. Longer
 * than `xl` gives the guest to stand still (two minutes), when nothing is sent, and a target's devices to be there.
 */
const silenceMs = 180_000;
const bytesPerMiB = 1024 * 1024;

export type Sent = { totalMs: number; transferredMiB: number };

type SendFiles = { out: string; back: string; marker: string; config: string; log: string };

export function sendFiles(folder: string): SendFiles {
  const file = (name: string) => join(folder, name);
  return {
    ...{ out: file('out.fifo'), back: file('back.fifo'), marker: file('sending') },
    ...{ config: file('target.cfg'), log: file('send.log') },
  };
}

type Sending = { folder: string; domid: number; memoryMiB: number; request: MigrateRequest };

/** Resolves when all has arrived. Whatever fails before: `xl` has ended, and the guest goes on here. */
export async function sendDomain(sending: Sending, report: Progress): Promise<Sent> {
  const { folder, domid, memoryMiB, request } = sending;
  const files = sendFiles(folder);
  const began = performance.now();
  const tunnel = await enterTunnel(request);
  tunnel.on('error', () => {});
  try {
    writeLine(tunnel, Hello.parse({ memoryMiB }));
    // It may let others in first. That it is there at all, the tunnel asks by itself as long as nothing is under way.
    const { config } = await readLine(tunnel, Welcome);
    const silent = new AppError('tool_failed', `the target was silent for ${silenceMs / 1000} s`);
    tunnel.setTimeout(silenceMs, () => tunnel.destroy(silent));
    await writeFile(files.config, config, { mode: 0o600 });
    for (const fifo of [files.out, files.back]) await makeFifo(fifo);
    let bytes = 0;
    const pass = passOn({ tunnel, memoryMiB, limitMiBs: request.migrationBandwidthMiBs }, report);
    const out = await drainFifo(files.out, async (piece) => pass(piece, (bytes += piece.length)));
    const back = await writeFifo(files.back);
    try {
      const { ended } = await startXl(files, folder, domid);
      await allArrived({ back, tunnel, ended, signal: request.signal });
      report(1);
      return {
        totalMs: Math.round(performance.now() - began),
        transferredMiB: Math.round(bytes / bytesPerMiB),
      };
    } catch (cause) {
      await takeBack(folder);
      const words = await lastWords(files.log);
      const code = request.signal?.aborted ? 'canceled' : 'tool_failed';
      throw new AppError(code, `xl: ${words || (cause instanceof Error ? cause.message : String(cause))}`, {
        cause,
      });
    } finally {
      out.destroy();
      back.destroy();
    }
  } finally {
    tunnel.destroy();
    collectAfterwards();
  }
}

/** `xl` runs what is said in place of a host (-s ''), with pipes at its input and output. */
async function startXl(
  { marker, log }: SendFiles,
  folder: string,
  domid: number,
): Promise<{ ended: Promise<unknown> }> {
  const rune = 'cat <>back.fifo & exec cat >out.fifo';
  const script = `exec xl migrate -e -C target.cfg -s '' "$0" "$1" 9>sending`;
  await rm(marker, { force: true });
  const output = await open(log, 'w', 0o600);
  try {
    const argv = ['sh', '-c', script, String(domid), rune] as const;
    const { ended } = await launch({ argv, doing: 'send the domain', outputFd: output.fd, cwd: folder });
    return { ended };
  } finally {
    await output.close();
  }
}

type Passing = { tunnel: TLSSocket; memoryMiB: number; limitMiBs: number };

/** Sends one piece, not faster than it may; told how much that is with all before. */
function passOn({ tunnel, memoryMiB, limitMiBs }: Passing, report: Progress) {
  const bytesPerMs = (limitMiBs * bytesPerMiB) / 1000;
  let began: number | null = null;
  let told = 0;
  return async (piece: Buffer, bytes: number): Promise<void> => {
    began ??= performance.now();
    const percent = Math.min(99, Math.floor((100 * bytes) / (memoryMiB * bytesPerMiB)));
    // A word for every piece would cost more than the piece itself.
    if (percent > told) report((told = percent) / 100);
    await new Promise<void>((resolve, reject) => {
      tunnel.write(piece, (error) => (error ? reject(error) : resolve()));
    });
    const aheadMs = bytes / bytesPerMs - (performance.now() - began);
    if (aheadMs > 1) await delay(aheadMs);
  };
}

type Arrival = { back: Socket; tunnel: TLSSocket; ended: Promise<unknown>; signal?: AbortSignal };

/** Resolves when the target is ready; what it says before that, `xl` hears. */
function allArrived({ back, tunnel, ended, signal }: Arrival): Promise<void> {
  return new Promise((resolve, reject) => {
    const hear = listenFor(ready, resolve);
    let passed = 0;
    tunnel.on('data', (chunk: Buffer) => {
      const early = chunk.subarray(0, Math.max(0, banner.length - passed));
      passed += early.length;
      if (early.length > 0) back.write(early);
      hear(chunk.subarray(early.length));
    });
    tunnel.once('close', () => reject(tunnel.errored ?? new AppError('tool_failed', 'the target hung up')));
    void ended.then(() => reject(new AppError('tool_failed', 'xl ended')));
    const cancel = () => reject(new AppError('canceled', 'canceled'));
    signal?.addEventListener('abort', cancel, { once: true });
    if (signal?.aborted) cancel();
  });
}

/** Lets `xl` see the end of what it reads, and waits until it has let the guest go on. */
export async function takeBack(folder: string): Promise<void> {
  const { back, out, marker } = sendFiles(folder);
  const isSending = (await findHolders(marker)).length > 0;
  for (const fifo of [back, out]) await killHolders(fifo, killMs);
  if (isSending && !(await waitForHolders(marker, endMs)))
    throw new AppError('timeout', 'xl does not end its migration');
  await removeSendFiles(folder);
}

/** The guest lives elsewhere: nothing may let it go on here. */
export async function endSending(folder: string): Promise<void> {
  const { marker } = sendFiles(folder);
  if (!(await killHolders(marker, killMs))) throw new AppError('timeout', 'xl does not end its migration');
  await removeSendFiles(folder);
}

export async function isSending(folder: string): Promise<boolean> {
  return (await findHolders(sendFiles(folder).marker)).length > 0;
}

async function removeSendFiles(folder: string): Promise<void> {
  const { out, back, marker, config } = sendFiles(folder);
  for (const file of [out, back, marker, config]) await rm(file, { force: true });
}

/** What it complained of; how far it was says nothing of that. */
export async function lastWords(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  const complaints = text.split('\n').filter((line) => /error|fail|truncated/i.test(line));
  return complaints
    .map((line) => line.replace(/^(?:libxl|xc): error: (?:\S+?:\d+:\S+ )?/, '').trim())
    .slice(0, 3)
    .join('; ')
    .slice(0, 500);
}
