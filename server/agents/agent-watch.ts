// The endless stream of what a node observes, until it breaks or falls silent.
import { Observation, watchCall } from '@/contract/agent-calls';
import type { CallClient } from './agent-connections';
import { unknownForm } from './agent-errors';
import { untilQuiet } from './until-quiet';

export type Watch = {
  client: CallClient;
  signal: AbortSignal;
  /** What connecting may take: the first word may come as much later than the others. */
  connectMs: number;
  silenceMs: number;
  /** Called when the node said nothing for so long, before the watch fails. */
  onSilence(reason: Error): void;
};

/** Ends without an error when the signal aborts or the agent ends it. */
export async function* watchNode({
  client,
  signal,
  connectMs,
  silenceMs,
  onSilence,
}: Watch): AsyncGenerator<Observation> {
  const silence = new AbortController();
  const both = AbortSignal.any([signal, silence.signal]);
  try {
    const answer = client.mutation(watchCall, {}, { signal: both });
    const limits = { firstMs: connectMs + silenceMs, quietMs: silenceMs };
    for await (const item of untilQuiet(answer, silence, limits)) yield parse(item);
  } catch (thrown) {
    if (signal.aborted) return;
    if (!silence.signal.aborted) throw thrown;
    const reason = new Error('it fell silent');
    onSilence(reason);
    throw reason;
  } finally {
    // Whoever still listens to the two signals together is let go of only when one of them aborts.
    silence.abort();
  }
}

function parse(item: unknown): Observation {
  const parsed = Observation.safeParse(item);
  if (parsed.success) return parsed.data;
  throw unknownForm(watchCall, parsed.error);
}
