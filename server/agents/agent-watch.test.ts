import { expect, it, vi } from 'vitest';
import type { Observation } from '@/contract/agent-calls';
import { watchNode } from './agent-watch';

const beat: Observation = { kind: 'beat', at: '2026-01-01T00:00:00Z' };

/** A watch over a transport that answers with `items`, and the signal that the transport was given. */
function openWatch(
  items: (signal?: AbortSignal) => AsyncIterable<unknown>,
  { connectMs = 0, silenceMs = 60_000 } = {},
) {
  const given: AbortSignal[] = [];
  const client = {
    mutation: async (_path: string, _input: unknown, { signal }: { signal?: AbortSignal } = {}) => {
      if (signal) given.push(signal);
      return items(signal);
    },
  };
  const stop = new AbortController();
  const onSilence = vi.fn();
  const watch = watchNode({ client, signal: stop.signal, connectMs, silenceMs, onSilence });
  return {
    watch,
    stop,
    onSilence,
    isLetGo: () => given.every((signal) => signal.aborted) && given.length === 1,
  };
}

async function* beats(count: number): AsyncGenerator<unknown> {
  for (let n = 0; n < count; n += 1) yield beat;
}

async function* broken(): AsyncGenerator<unknown> {
  yield beat;
  throw new Error('it broke');
}

async function* quiet(signal?: AbortSignal): AsyncGenerator<unknown> {
  yield beat;
  await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
}

const readAll = async (watch: AsyncIterable<Observation>) => {
  const seen: Observation[] = [];
  for await (const observation of watch) seen.push(observation);
  return seen;
};

it('lets go of its connection when the agent ends the stream', async () => {
  const { watch, stop, onSilence, isLetGo } = openWatch(() => beats(2));
  expect(await readAll(watch)).toEqual([beat, beat]);
  expect(isLetGo()).toBe(true);
  expect(stop.signal.aborted).toBe(false);
  expect(onSilence).not.toHaveBeenCalled();
});

it('lets go of its connection when its reader leaves', async () => {
  const { watch, isLetGo } = openWatch(() => beats(5));
  for await (const observation of watch) {
    expect(observation).toEqual(beat);
    break;
  }
  expect(isLetGo()).toBe(true);
});

it('tells what broke the stream, and does not take it for silence', async () => {
  const { watch, onSilence, isLetGo } = openWatch(broken);
  await expect(readAll(watch)).rejects.toThrow('it broke');
  expect(isLetGo()).toBe(true);
  expect(onSilence).not.toHaveBeenCalled();
});

it('fails when the agent falls silent, and says so first', async () => {
  const { watch, onSilence } = openWatch(quiet, { silenceMs: 10 });
  await expect(readAll(watch)).rejects.toThrow('it fell silent');
  expect(onSilence).toHaveBeenCalledOnce();
});

it('gives the first word the time of connecting besides, and only the first', async () => {
  vi.useFakeTimers();
  try {
    const late = async function* (signal?: AbortSignal) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      yield* quiet(signal);
    };
    const { watch, onSilence } = openWatch(late, { connectMs: 100, silenceMs: 100 });
    const first = watch.next();
    await vi.advanceTimersByTimeAsync(150);
    expect((await first).value).toEqual(beat);
    const second = expect(watch.next()).rejects.toThrow('it fell silent');
    await vi.advanceTimersByTimeAsync(100);
    await second;
    expect(onSilence).toHaveBeenCalledOnce();
  } finally {
    vi.useRealTimers();
  }
});

it('ends without an error when its caller has had enough', async () => {
  const { watch, stop, onSilence } = openWatch(quiet);
  expect((await watch.next()).value).toEqual(beat);
  const waiting = watch.next();
  stop.abort();
  expect((await waiting).done).toBe(true);
  expect(onSilence).not.toHaveBeenCalled();
});
