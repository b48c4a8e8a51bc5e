'use client';
import { useTranslations } from 'next-intl';
import { Fragment } from 'react';
import { SizeText } from '@/components/instances/SizeText';
import { Section } from '@/components/ui/Section';
import { StateBadge } from '@/components/ui/StateBadge';
import type { Tone } from '@/components/ui/tone';
import { type MirrorHealth, mirrorHealth } from '@/contract/mirror-health';
import type { Instance } from '@/contract/schemas/instance';
import type { InstanceDisk } from '@/contract/schemas/instance-parts';
import { MirrorLink } from './MirrorLink';
import { MirrorRepair } from './MirrorRepair';
import { MirrorSide } from './MirrorSide';

const tones: Record<MirrorHealth, Tone> = {
  mirrored: 'running',
  synchronising: 'working',
  inactive: 'paused',
  splitBrain: 'broken',
  unreachable: 'broken',
  degraded: 'attention',
  diskless: 'broken',
  incomplete: 'broken',
  down: 'attention',
  standAlone: 'attention',
  connecting: 'attention',
  unknown: 'unknown',
};

/** A picture of one disk: a side, what lies between, the other side. */
export function DiskMirror({ instance, disk }: { instance: Instance; disk: InstanceDisk }) {
  const t = useTranslations('mirrors');
  const { index, sizeMiB, sides } = disk;
  const health = mirrorHealth(sides, instance);
  return (
    <Section
      title={t('disk', { index })}
      help={<SizeText sizeMiB={sizeMiB} />}
      actions={<StateBadge tone={tones[health]} word={t(`health.${health}`)} look="filled" />}
    >
      <div className="grid gap-4">
        <div className="grid items-stretch gap-2 md:grid-cols-[minmax(0,1fr)_11rem_minmax(0,1fr)]">
          {sides.map((side, at) => (
            <Fragment key={side.node.id}>
              {at > 0 && <MirrorLink disk={disk} health={health} />}
              <MirrorSide side={side} instance={instance} />
            </Fragment>
          ))}
        </div>
        <MirrorRepair instance={instance} disk={disk} health={health} />
      </div>
    </Section>
  );
}
