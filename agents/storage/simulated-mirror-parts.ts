// What the verbs of simulated mirrors share: what they work on, the names of volumes, and roles.
import { AppError } from '@/contract/errors';
import type { Faults } from '../simulated-faults';
import { nextGeneration } from './simulated-generations';
import type { Manners } from './simulated-manners';
import type { SimulatedPool } from './simulated-pool';
import type { Side, Sides, UpSide } from './simulated-sides';
import type { SimulatedWire } from './simulated-wire';

export type MirrorParts = Manners & {
  sides: Sides;
  pool: SimulatedPool;
  wire: SimulatedWire;
  faults: Faults;
};

export const dataOf = ({ diskId }: { diskId: string }) => diskId;
export const metaOf = ({ diskId }: { diskId: string }) => `${diskId}.meta`;

/** Makes it primary; `wrong_state` where the peer is or no good data can be reached. */
export function promote(wire: SimulatedWire, side: UpSide): void {
  const { device } = side.state;
  if (device.role === 'primary') return;
  const peer = wire.peerOf(side);
  const mayBoth = [device, peer?.state.device].every((one) => one?.wish === 'twoPrimaries');
  if (peer?.state.device?.role === 'primary' && !mayBoth)
    throw new AppError('wrong_state', 'its other side is primary');
  if (!side.state.isWhole && !peer?.state.isWhole)
    throw new AppError('wrong_state', 'no side that can be reached is up to date');
  device.role = 'primary';
  if (!peer) side.state.generations = nextGeneration(side.state.generations);
  side.changed();
}

export function demote(side: Side | undefined): void {
  if (side?.state.device?.role !== 'primary') return;
  side.state.device.role = 'secondary';
  side.changed();
}
