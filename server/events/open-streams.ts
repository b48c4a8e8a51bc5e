// The live streams of this process: each may buffer much and asks for its session again and again, so a user has only so many.
import { createOpenLimits, type OpenLimit } from '../console/open-limits';
import { eventStream, type StreamRequest } from './stream';

export const streamLimit = {
  ...{ atOnce: 20, perMinute: 120 },
  ...{ things: 'live streams', code: 'rate_limited' },
} as const satisfies OpenLimit;

const limits = createOpenLimits(streamLimit);

/** Refuses with `rate_limited`: the page then waits and tries again. */
export function openStream(request: Omit<StreamRequest, 'onEnd'>): Response {
  return eventStream({ ...request, onEnd: limits.enter(request.actor.userId) });
}
