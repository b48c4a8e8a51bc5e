import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseGenerations } from './parse-generations';
import { endsInSplitBrain } from './parse-kernel-log';
import { parseDrbdLine, parseProcDrbd } from './parse-proc';
import { parseShow, parseShowAll } from './parse-show';
import { parseStatus } from './parse-status';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const proc = (name: string) => parseProcDrbd(fixture(`proc-8.4.11-${name}.txt`)).get(3);
const resource = 'disk-0d7c1a52-6d3e-4c0e-9f0b-2f6a1b7c8d90';

describe('/proc/drbd', () => {
  test('tells which line of DRBD the kernel has', () => {
    expect(parseDrbdLine(fixture('proc-8.4.11-connected.txt'))).toBe(8);
    expect(parseDrbdLine('version: 9.1.18 (api:2/proto:86-121)\nTransports (api:18): tcp (9.1.18)\n')).toBe(
      9,
    );
    expect(parseDrbdLine('version: 8.3.11 (api:88/proto:86-96)\n')).toBeNull();
    expect(parseDrbdLine('')).toBeNull();
  });

  test('tells of sides that hold the same', () => {
    expect(proc('connected')).toEqual({
      ...{ connection: 'connected', role: 'primary', diskState: 'upToDate' },
      ...{ peerRole: 'secondary', peerDiskState: 'upToDate', sync: 'none' },
      ...{ outOfSyncKiB: 0, syncDone: null, secondsLeft: null },
    });
    expect(proc('two-primaries')).toMatchObject({ role: 'primary', peerRole: 'primary' });
  });

  test('tells how far a synchronisation is, and how long it still takes, on both sides', () => {
    expect(proc('source')).toEqual({
      ...{ connection: 'connected', role: 'primary', diskState: 'upToDate' },
      ...{ peerRole: 'secondary', peerDiskState: 'inconsistent', sync: 'source' },
      ...{ outOfSyncKiB: 57_296, syncDone: 0.236, secondsLeft: 13 },
    });
    expect(proc('target')).toMatchObject({
      ...{ role: 'secondary', diskState: 'inconsistent', peerDiskState: 'upToDate', sync: 'target' },
      ...{ outOfSyncKiB: 50_704, syncDone: 0.295, secondsLeft: 13 },
    });
    const long =
      "2: cs:SyncTarget ro:Secondary/Primary ds:Inconsistent/UpToDate C r-----\n ns:0 oos:91\n\tsync'ed:100.0% (1/9)M\n\tfinish: 27:46:40 speed: 0 K/sec";
    expect(parseProcDrbd(long).get(2)).toMatchObject({ syncDone: 1, secondsLeft: 100_000 });
  });

  test('tells of one that rests', () => {
    expect(proc('paused')).toMatchObject({ sync: 'paused', syncDone: null, outOfSyncKiB: 52_764 });
  });

  test('tells of a side without the other one', () => {
    const alone = { peerRole: 'unknown', peerDiskState: 'unknown', sync: 'none' };
    expect(proc('connecting')).toMatchObject({ connection: 'connecting', ...alone });
    expect(proc('split')).toMatchObject({ connection: 'standAlone', outOfSyncKiB: 4, ...alone });
  });

  test('takes a device that is not set up for down, and knows none where there is none', () => {
    const devices = parseProcDrbd(fixture('proc-8.4.11-connected.txt'));
    expect(devices.get(4)).toMatchObject({ connection: 'down', diskState: 'unknown' });
    expect([...devices.keys()]).toEqual([3, 4]);
    expect(parseProcDrbd('version: 8.4.11 (api:1/proto:86-101)\n').size).toBe(0);
  });
});

describe('drbdsetup show', () => {
  test('tells volumes and addresses of a mirror, of either line', () => {
    const expected = {
      minor: 3,
      ...{ dataPath: `/dev/corral/${resource}`, metaPath: `/dev/corral/${resource}.meta` },
      addresses: ['ipv4:10.77.0.2:11000', 'ipv4:10.77.0.3:11000'],
      twoPrimaries: false,
    };
    expect(parseShow(fixture('show-8.4.11-connected.txt'))).toEqual(expected);
    expect(parseShow(fixture('show-9-composed.txt'))).toEqual(expected);
  });

  test('tells of a device with nothing below it and no peer, and of none at all', () => {
    const none = { dataPath: null, metaPath: null, addresses: null, twoPrimaries: false };
    expect(parseShow(fixture('show-8.4.11-device-only.txt'))).toEqual({ minor: 4, ...none });
    expect(parseShow('')).toBeNull();
  });

  test('is read of all at once', () => {
    const names = ['show-8.4.11-connected.txt', 'show-8.4.11-device-only.txt', 'show-9-composed.txt'];
    const [first = '', second = '', nine = ''] = names.map(fixture);
    const all = parseShowAll(first + second);
    expect([...all.keys()]).toEqual(['disk-0d7c1a52-6d3e-4c0e-9f0b-2f6a1b7c8d90', 'other']);
    expect([...all.values()]).toEqual([parseShow(first), parseShow(second)]);
    expect([...parseShowAll(nine).values()]).toEqual([parseShow(nine)]);
    expect(parseShowAll('')).toEqual(new Map());
  });
});

test('data generations come newest first, the same on both sides whichever is primary', () => {
  expect(parseGenerations(fixture('get-gi-8.4.11-connected.txt'))).toEqual([
    ...['A540B3E1D8D4CF7A', '0000000000000000', '97B3A973B6C4EE3E', '0000000000000004'],
  ]);
  expect(parseGenerations('Device is unconfigured')).toEqual([]);
});

describe('the kernel log', () => {
  const log = fixture('kernel-log-8.4.11-split.txt');
  const device = { resource, minor: 3 };

  test('tells that a connection ended in a split brain', () => {
    expect(endsInSplitBrain(log, device)).toBe(true);
    expect(endsInSplitBrain(log, { resource: 'disk-other', minor: 33 })).toBe(false);
  });

  test('no longer when it is to connect again, or when the device is another one of the same number', () => {
    const again = `${log}\n[ 1200.1] drbd ${resource}: conn( StandAlone -> Unconnected ) \n`;
    expect(endsInSplitBrain(again, device)).toBe(false);
    const next = `${log}\n[ 1200.1] block drbd3: disk( Diskless -> Attaching ) \n`;
    expect(endsInSplitBrain(next, { resource: 'disk-next', minor: 3 })).toBe(false);
  });

  test('neither from before a disconnection that was asked for', () => {
    const before = log.slice(0, log.indexOf('Split-Brain'));
    expect(
      endsInSplitBrain(
        `${before}\n[ 1200.1] drbd ${resource}: conn( Disconnecting -> StandAlone ) \n`,
        device,
      ),
    ).toBe(false);
  });
});

describe('drbdsetup status --json of DRBD 9', () => {
  const states = parseStatus(fixture('status-9-composed.json'));

  test('tells how far a synchronisation is', () => {
    expect(states.get(3)).toEqual({
      ...{ connection: 'connected', role: 'primary', diskState: 'upToDate' },
      ...{ peerRole: 'secondary', peerDiskState: 'inconsistent', sync: 'source' },
      ...{ outOfSyncKiB: 45_056, syncDone: 0.3125, secondsLeft: 11 },
    });
  });

  test('tells of a side without the other one', () => {
    expect(states.get(4)).toMatchObject({ connection: 'connecting', diskState: 'diskless', sync: 'none' });
    expect(states.get(5)).toMatchObject({ connection: 'standAlone', diskState: 'consistent' });
  });

  test('knows nothing where no mirror is set up', () => {
    expect(parseStatus('[\n]\n').size).toBe(0);
  });
});
