// How simulated nodes of one process hand instances and contents of disks to each other: a target opens a door, a source goes through it with
// the key.
import { randomBytes } from 'node:crypto';
import type { MigrationDoor } from '@/contract/agent-live-calls';
import { AppError } from '@/contract/errors';

export type SimulatedDoors = {
  /** `arrive` is called once all of the guest, or of what a disk holds, is there. */
  open(host: string, arrive: (holds?: string) => void): MigrationDoor;
  /** Throws where no door with this key is open (any more). */
  check(door: MigrationDoor): void;
  pass(door: MigrationDoor, holds?: string): void;
  /** Not the one that another target has opened at the same port since. */
  close(door: MigrationDoor): void;
};

type Open = { host: string; key: string; arrive: (holds?: string) => void };

const firstPort = 49_152;

export function createSimulatedDoors(): SimulatedDoors {
  const doors = new Map<number, Open>();
  let nextPort = firstPort;
  const find = ({ host, port, key }: MigrationDoor): Open => {
    const door = doors.get(port);
    if (door?.host !== host) throw new AppError('tool_failed', `Connection to ${host}:${port} refused`);
    if (door.key !== key) throw new AppError('tool_failed', 'The key is not the right one');
    return door;
  };
  return {
    open: (host, arrive) => {
      while (doors.has(nextPort)) nextPort = nextPort === 65_535 ? firstPort : nextPort + 1;
      const door = { host, port: nextPort, key: randomBytes(32).toString('hex') };
      doors.set(door.port, { ...door, arrive });
      return door;
    },
    check: (door) => void find(door),
    pass: (door, holds) => {
      find(door).arrive(holds);
      doors.delete(door.port);
    },
    close: ({ port, key }) => {
      if (doors.get(port)?.key === key) doors.delete(port);
    },
  };
}
