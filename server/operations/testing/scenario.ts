// How an operation is played in the registry test: each has one beside it, `<operation>.scenario.ts`.
import type { Place, World } from './world';

/** `targetId`: of the instance or the node that the operation works on. */
export type Subject = { place: Place; targetId: string };

export type Scenario = {
  /** Where an operation is played in several ways: which one this is. */
  title?: string;
  /** Steps that these parameters leave out. */
  skips?: readonly string[];
  /** Everything that is there before the operation is asked for. */
  prepare: (world: World) => Promise<Subject>;
  submit: (world: World, subject: Subject) => Promise<number>;
  /** Whether the world is as it should be after a success; says what is not. */
  verify: (world: World, subject: Subject) => Promise<void>;
};
