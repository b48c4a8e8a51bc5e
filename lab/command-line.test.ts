import { describe, expect, it } from 'vitest';
import { readCommand } from './command-line';

describe('the command line of the lab', () => {
  it.each([
    ['', { kind: 'run', nodes: 3, xenNodes: 0, memoryMiB: 1024 }],
    ['--nodes 2 --memory 1536', { kind: 'run', nodes: 2, xenNodes: 0, memoryMiB: 1536 }],
    ['--xen --nodes 0', { kind: 'run', nodes: 0, xenNodes: 2, memoryMiB: 1024 }],
    ['--help', { kind: 'help' }],
    ['status', { kind: 'ask', request: { command: 'status' } }],
    ['kill node2', { kind: 'ask', request: { command: 'kill', node: 'node2' } }],
    ['cut node2', { kind: 'ask', request: { command: 'cut', node: 'node2' } }],
    ['cut node1 node2', { kind: 'ask', request: { command: 'cut', node: 'node1', other: 'node2' } }],
    ['heal', { kind: 'ask', request: { command: 'heal' } }],
    ['heal node1', { kind: 'ask', request: { command: 'heal', node: 'node1' } }],
    ['console node1', { kind: 'console', node: 'node1' }],
    ['shell node1 -- ls -l /', { kind: 'shell', node: 'node1', command: 'ls -l /' }],
  ])('reads "%s"', (text, expected) => {
    expect(readCommand(text.split(' ').filter(Boolean))).toEqual(expected);
  });

  it.each([
    ['explode', 'There is no command explode'],
    ['kill', 'This is not how to call kill'],
    ['kill node1 node2', 'This is not how to call kill'],
    ['status node1', 'This is not how to call status'],
    ['shell node1', 'Say what to run'],
    ['--nodes many', '--nodes many is not a number'],
    ['--nodes 0', '--nodes 0 is not a number'],
    ['--size 3', "Unknown option '--size'"],
  ])('refuses "%s"', (text, why) => {
    expect(() => readCommand(text.split(' '))).toThrow(why);
  });
});
