import type { Refusal } from '@/contract/instance-actions';

/** Ends a refusal's message; the browser shows its own words for the reason in the details. */
export const refusalText: Record<Refusal, string> = {
  alreadyRunning: 'it is running already',
  alreadyPaused: 'it is paused already',
  notRunning: 'it is not running',
  notPaused: 'it is not paused',
  stillRunning: 'it is running; stop it first',
  shouldRun: 'it is meant to run; stop it first',
  runsUnasked: 'it runs although it was asked to be down; stop it first',
  runsElsewhere: 'it runs on a node that it does not belong to',
  disksInactive: 'its disks are inactive',
  setOffline: 'it is set offline',
  notOffline: 'it is not set offline',
  beingCreated: 'it is being created',
  beingRemoved: 'it is being removed',
  nodeNotAnswering: 'its node does not answer',
  nodeNotFenced: 'its node does not answer and may still run it; switch that node off first',
  nodeOffline: 'its node is offline',
  stateUnknown: 'its state is not known',
  busy: 'a job works on it',
};
