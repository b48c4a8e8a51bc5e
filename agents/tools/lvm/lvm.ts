// Volume groups and logical volumes of the node. Wraps the commands of LVM.
import { run } from '../run';
import { shareReads } from '../share-reads';
import * as args from './args';
import { buildReportArgs, parseReport, type Group, type Volume } from './report';

const timeoutMs = 120_000;

/** Of `lvm <command>`: one program to look for, and no option of ours can be taken for the command. LVM complains of descriptors that it inherits, which is nothing to tell. */
const lvm = async (doing: string, argv: string[]) => {
  const env = { LVM_SUPPRESS_FD_WARNINGS: '1' };
  return (await run({ argv: ['lvm', ...argv], doing, timeoutMs, env })).stdout;
};

/** The node's, whoever asks: a verification alone asks for groups and volumes seven times. */
const report = shareReads(async () => parseReport(await lvm('list the volumes', buildReportArgs())));

export function createLvm() {
  return {
    async listGroups(): Promise<Group[]> {
      return (await report()).groups;
    },
    /** Also those of somebody else. */
    async listVolumes(): Promise<Volume[]> {
      return (await report()).volumes;
    },
    async createVolume(volume: args.NewVolume): Promise<void> {
      await lvm(`make the volume ${args.volumeText(volume)}`, args.buildLvcreateArgs(volume));
    },
    async createSnapshot(origin: args.VolumeName, snapshot: args.NewSnapshot): Promise<void> {
      await lvm(`take a snapshot of ${args.volumeText(origin)}`, args.buildSnapshotArgs(origin, snapshot));
    },
    async extendVolume(volume: args.VolumeName, wish: { sizeMiB: number; test: boolean }): Promise<void> {
      await lvm(`extend the volume ${args.volumeText(volume)}`, args.buildLvextendArgs(volume, wish));
    },
    async activate(volumes: readonly args.VolumeName[], active: boolean): Promise<void> {
      await lvm(
        `${active ? 'activate' : 'deactivate'} ${textOf(volumes)}`,
        args.buildActivateArgs(volumes, active),
      );
    },
    async retag(
      volumes: readonly args.VolumeName[],
      change: { add?: readonly string[]; remove?: readonly string[] },
    ): Promise<void> {
      await lvm(`tag ${textOf(volumes)}`, args.buildRetagArgs(volumes, change));
    },
    async removeVolumes(what: readonly args.VolumeName[] | { tagged: string }): Promise<void> {
      const words = 'tagged' in what ? `the volumes tagged ${what.tagged}` : textOf(what);
      await lvm(`remove ${words}`, args.buildLvremoveArgs(what));
    },
    async renameVolume(volume: args.VolumeName, name: string): Promise<void> {
      await lvm(`rename ${args.volumeText(volume)}`, args.buildLvrenameArgs(volume, name));
    },
  };
}
export type Lvm = ReturnType<typeof createLvm>;

const textOf = (volumes: readonly args.VolumeName[]) => volumes.map(args.volumeText).join(' and ');
