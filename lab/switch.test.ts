import { EventEmitter, once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFrameReader } from './frames';
import { createSwitch, type LabSwitch } from './switch';

const everybody = 'ffffffffffff';
const addresses = { a: '525400000001', b: '525400000002', c: '525400000003' };
type Name = keyof typeof addresses;

let folder: string;
let lan: LabSwitch;
let sockets: Socket[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lab-switch-'));
  lan = createSwitch(folder);
  sockets = [];
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await lan.close();
  rmSync(folder, { recursive: true });
});

function message(to: string, { from, text }: { from: string; text: string }): Buffer {
  const frame = Buffer.concat([Buffer.from(to + from, 'hex'), Buffer.from(text)]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(frame.length);
  return Buffer.concat([length, frame]);
}

/** A node that sends frames and keeps the texts of those that it gets. */
async function plugIn(name: Name) {
  const socket = createConnection(await lan.openPort(name));
  sockets.push(socket);
  await once(socket, 'connect');
  const got: string[] = [];
  const heard = new EventEmitter();
  const read = createFrameReader((frame) => {
    got.push(frame.toString('utf8', 4 + 12));
    heard.emit('frame');
  });
  socket.on('data', read);
  return {
    socket,
    got,
    send: (to: string, text: string) => socket.write(message(to, { from: addresses[name], text })),
    async until(text: string) {
      while (!got.includes(text)) await once(heard, 'frame');
    },
  };
}

/** All three, after each has heard each other, so that the switch knows them. */
async function introduce() {
  const nodes = { a: await plugIn('a'), b: await plugIn('b'), c: await plugIn('c') };
  // A switch sees a connection only after its client does: who is heard has been seen.
  const all = [nodes.a, nodes.b, nodes.c];
  for (const one of all)
    for (const other of all)
      while (one !== other && !other.got.includes('hello')) {
        one.send(everybody, 'hello');
        await new Promise((resolve) => setImmediate(resolve));
      }
  return nodes;
}

describe('the switch', () => {
  it('sends what is for everybody to all others', async () => {
    const { a, b, c } = await introduce();
    a.send(everybody, 'who is there');
    await Promise.all([b.until('who is there'), c.until('who is there')]);
    expect(a.got).not.toContain('who is there');
  });

  it('sends what is for a known node to that node alone', async () => {
    const { a, b, c } = await introduce();
    a.send(addresses.b, 'for b');
    a.send(everybody, 'afterwards');
    await Promise.all([b.until('for b'), c.until('afterwards')]);
    expect(c.got).not.toContain('for b');
  });

  it('follows an address that has moved to another node', async () => {
    const { a, b, c } = await introduce();
    const guest = '525400aaaaaa';
    const from = (node: typeof b, text: string) =>
      node.socket.write(message(everybody, { from: guest, text }));
    from(b, 'I am at b');
    await a.until('I am at b');
    a.send(guest, 'first');
    await b.until('first');
    from(c, 'I am at c');
    await a.until('I am at c');
    a.send(guest, 'second');
    await c.until('second');
    expect(b.got).not.toContain('second');
  });

  it('carries nothing between two nodes that are cut off, in either direction, until they are healed', async () => {
    const { a, b, c } = await introduce();
    lan.cut('a', 'b');
    expect(lan.cuts()).toEqual([['a', 'b']]);
    a.send(everybody, 'one');
    b.send(everybody, 'two');
    await Promise.all([c.until('one'), c.until('two')]);
    lan.heal('b', 'a');
    a.send(everybody, 'three');
    b.send(everybody, 'four');
    await Promise.all([b.until('three'), a.until('four')]);
    expect([...a.got, ...b.got].filter((text) => text === 'one' || text === 'two')).toEqual([]);
  });

  it('carries nothing to or from a node that is cut off from all', async () => {
    const { a, b, c } = await introduce();
    lan.cut('a');
    a.send(everybody, 'from a');
    b.send(everybody, 'from b');
    await c.until('from b');
    lan.heal();
    expect(lan.cuts()).toEqual([]);
    b.send(everybody, 'healed');
    await Promise.all([a.until('healed'), c.until('healed')]);
    expect(c.got).not.toContain('from a');
    expect(a.got).not.toContain('from b');
  });

  it('gives the port of a node that comes back to its new connection', async () => {
    const { a, b } = await introduce();
    b.socket.destroy();
    const again = await plugIn('b');
    while (!a.got.includes('back')) {
      again.send(everybody, 'back');
      await new Promise((resolve) => setImmediate(resolve));
    }
    a.send(addresses.b, 'welcome');
    await again.until('welcome');
  });

  it('ends a connection that speaks something else', async () => {
    const { a } = await introduce();
    a.socket.write(Buffer.alloc(64, 0xff));
    await once(a.socket, 'close');
  });
});
