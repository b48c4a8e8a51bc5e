import { TRPCClientError } from '@trpc/client';
import { expect, it } from 'vitest';
import { Observation } from '@/contract/agent-calls';
import { sayLimits } from '@/contract/schemas/node';
import { readFailure, unknownForm } from './agent-errors';

const failed = (body: object) =>
  readFailure(TRPCClientError.from({ error: { code: -32_603, message: '', data: { body } } }));

it('keeps of an agent’s error what a person can read', () => {
  const details = { path: '/data' };
  expect(failed({ code: 'tool_failed', message: 'no space', details })).toMatchObject({
    error: { code: 'tool_failed', message: 'no space', details },
  });
  const endless = { code: 'tool_failed', message: 'x'.repeat(1e6), details: { path: 'x'.repeat(1e6) } };
  expect(failed(endless)).toMatchObject({ error: { message: 'x'.repeat(sayLimits.words), details: {} } });
});

it('says what is unknown about an answer in a few words, however much that is', () => {
  const at = '2026-01-01T00:00:00Z';
  const instances = Array.from({ length: 5_000 }, () => 'none');
  const { error } = Observation.safeParse({ kind: 'snapshot', at, facts: {}, instances });
  if (!error) throw new Error('it was understood');
  const { message } = unknownForm('observe.watch', error);
  expect(message).toMatch(/^The agent answered observe.watch in an unknown form: /);
  expect(message.length).toBeLessThan(1_000);
});
