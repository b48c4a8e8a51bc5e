import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { consoleSocketUrl, endOfCloseCode, endOfRefusal, openConsoleSocket } from './console-socket';

describe('a console socket', () => {
  const real = { WebSocket: globalThis.WebSocket, window: globalThis.window };
  const opened: { url: string; protocols: string[] }[] = [];

  beforeEach(() => {
    opened.length = 0;
    class RecordingSocket {
      binaryType = 'blob';
      constructor(url: string, protocols: string[]) {
        opened.push({ url, protocols });
      }
    }
    Object.assign(globalThis, {
      WebSocket: RecordingSocket,
      window: { location: { href: 'https://corral.example/instances/1/screen' } },
    });
  });
  afterEach(() => Object.assign(globalThis, real));

  it('sends the ticket as a subprotocol and keeps it out of the URL', () => {
    const socket = openConsoleSocket({
      ticket: 'abc',
      path: '/ws/console',
      expiresAt: '2026-01-01T00:00:00Z',
    });
    expect(opened).toEqual([
      { url: 'wss://corral.example/ws/console', protocols: ['corral.console.v1', 'ticket.abc'] },
    ]);
    expect(socket.binaryType).toBe('arraybuffer');
  });

  it('is as safe as the page', () => {
    expect(consoleSocketUrl('/ws/console', 'http://127.0.0.1:3000/x')).toBe('ws://127.0.0.1:3000/ws/console');
    expect(consoleSocketUrl('/ws/console', 'https://a.example/x?y#z')).toBe('wss://a.example/ws/console');
  });

  it('knows the ends after which trying again is of no use', () => {
    expect([4401, 4403, 4404].map(endOfCloseCode)).toEqual(['sessionEnded', 'rightLost', 'instanceGone']);
    expect([1001, 1006, 1013, 4410].map(endOfCloseCode)).toEqual(Array(4).fill(undefined));
    expect(endOfRefusal('not_found')).toBe('instanceGone');
    expect(endOfRefusal('unavailable')).toBeUndefined();
  });
});
