import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askLab, describeState, serveControl, type LabRequest, type LabState } from './control';

const state: LabState = {
  nodes: [
    {
      ...{ name: 'node1', isRunning: true, hasJoined: true, lanAddress: '10.77.0.1' },
      ...{ agentAddress: '127.0.0.1:20003', ports: { shell: 20_001, terminal: 20_002, agent: 20_003 } },
    },
    {
      ...{ name: 'node2', isRunning: false, hasJoined: false, lanAddress: '10.77.0.2' },
      ...{ agentAddress: '127.0.0.1:20006', ports: { shell: 20_004, terminal: 20_005, agent: 20_006 } },
    },
  ],
  cuts: [
    ['node1', 'node2'],
    ['node1', null],
  ],
};

let folder: string;
let path: string;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-control-'));
  path = join(folder, 'control.sock');
});

afterEach(() => {
  server?.close();
  rmSync(folder, { recursive: true });
});

it('carries requests out one after another', async () => {
  const log: string[] = [];
  server = await serveControl(path, async (request: LabRequest) => {
    log.push(`${request.command} begins`);
    await new Promise((resolve) => setImmediate(resolve));
    log.push(`${request.command} ends`);
    return state;
  });
  const answers = [askLab(path, { command: 'kill', node: 'node1' }), askLab(path, { command: 'status' })];
  expect(await Promise.all(answers)).toEqual([state, state]);
  expect(log.map((line) => line.split(' ')[1])).toEqual(['begins', 'ends', 'begins', 'ends']);
});

it('says what the lab says is wrong', async () => {
  server = await serveControl(path, () => Promise.reject(new Error('The lab has no node9')));
  await expect(askLab(path, { command: 'kill', node: 'node9' })).rejects.toThrow('The lab has no node9');
});

it('tells that no lab runs', async () => {
  expect(await askLab(path, { command: 'status' })).toBeUndefined();
});

it('describes nodes and cuts, a line each', () => {
  expect(describeState(state).split('\n')).toEqual([
    'node1   running   LAN 10.77.0.1   agent 127.0.0.1:20003',
    'node2   no power  LAN 10.77.0.2',
    'cut     node1 from node2',
    'cut     node1 from all others',
  ]);
});
