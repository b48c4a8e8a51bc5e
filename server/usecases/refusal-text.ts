import type { Refusal } from '@/contract/states';

/** Ends a refusal's message; the browser shows its own words for the reason in the details. */
export const refusalText: Record<Refusal, string> = {
  alreadyRunning: 'it is running already',
  notRunning: 'it is not running',
  beingCreated: 'it is being created',
  beingRemoved: 'it is being removed',
  nodeNotAnswering: 'its node does not answer',
  nodeOffline: 'its node is offline',
  stateUnknown: 'its state is not known',
  busy: 'a job works on it',
};
