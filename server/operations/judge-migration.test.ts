import { expect, it } from 'vitest';
import { judgeMigration, type NodeView } from './judge-migration';

const words: Record<string, Omit<NodeView, 'nodeId'>> = {
  nothing: { runs: false, migration: null },
  running: { runs: true, migration: null },
  sending: { runs: true, migration: 'sending' },
  sent: { runs: true, migration: 'sent' },
  receiving: { runs: false, migration: 'receiving' },
};
const failed = (nodeId: string, side: string) => `${nodeId}:${side}:false`;

it.each([
  // The first is the primary node of the database.
  ['nothing', 'nothing', null, []],
  ['running', 'nothing', 'a', []],
  ['nothing', 'running', 'b', []],
  ['running', 'running', 'refused', []],
  ['sending', 'receiving', 'a', [failed('b', 'target'), failed('a', 'source')]],
  ['sending', 'nothing', 'a', [failed('a', 'source')]],
  ['sent', 'receiving', 'a', [failed('b', 'target'), failed('a', 'source')]],
  ['sent', 'nothing', 'a', [failed('a', 'source')]],
  ['sent', 'running', 'b', ['a:source:true']],
  ['running', 'sent', 'a', ['b:source:true']],
  // The nodes had changed places already, and the guest ended on its new one.
  ['nothing', 'sent', null, ['b:source:true']],
  ['receiving', 'sent', 'b', [failed('a', 'target'), failed('b', 'source')]],
  ['receiving', 'nothing', null, [failed('a', 'target')]],
  ['running', 'receiving', 'a', [failed('b', 'target')]],
  ['running', 'sending', 'refused', []],
  ['sent', 'sent', 'refused', []],
])('a guest that is %s on its node and %s on the other one: %s', (here, there, runsOn, finish) => {
  const view = (nodeId: string, word: string) => ({ nodeId, ...(words[word] ?? expect.fail(word)) });
  const verdict = judgeMigration([view('a', here), view('b', there)], 'a');
  if (runsOn === 'refused') return expect(verdict).toBeNull();
  const told = verdict?.finish.map(({ nodeId, side, success }) => `${nodeId}:${side}:${success}`);
  expect({ runsOn: verdict?.runsOn, finish: told }).toEqual({ runsOn, finish });
});
