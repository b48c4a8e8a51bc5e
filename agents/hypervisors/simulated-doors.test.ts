import { expect, it } from 'vitest';
import { createSimulatedDoors } from './simulated-doors';

const host = '127.1.2.3';

it('lets in who has the key, once', () => {
  const doors = createSimulatedDoors();
  const arrived: string[] = [];
  const door = doors.open(host, () => arrived.push('web1'));
  expect(() => doors.check({ ...door, key: 'another' })).toThrow('The key is not the right one');
  doors.pass(door);
  expect(arrived).toEqual(['web1']);
  expect(() => doors.pass(door)).toThrow(`Connection to ${host}:${door.port} refused`);
});

it('keeps the door that another target opened at the port of one that was passed', () => {
  const doors = createSimulatedDoors();
  const first = doors.open(host, () => {});
  doors.pass(first);
  const second = doors.open(host, () => {});
  expect(second.port).toBe(first.port);
  doors.close(first);
  doors.check(second);
  doors.close(second);
  expect(() => doors.check(second)).toThrow('refused');
});
