'use client';
// After a split brain somebody has to choose. What speaks for a side stands before the choice; what nothing can prove is said too.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { asAppError } from '@/client/fetch-json';
import { useRepairMirror } from '@/client/instance-moves';
import { actionRefusal } from '@/components/instances/actions/action-refusal';
import { Button } from '@/components/ui/Button';
import { ConfirmDialog } from '@/components/ui/ConfirmDialog';
import { RadioCards } from '@/components/ui/RadioCards';
import { compareGenerations } from '@/contract/mirror-health';
import type { Instance } from '@/contract/schemas/instance';
import type { InstanceDisk, MirrorSideView } from '@/contract/schemas/instance-parts';
import { judgeSplit } from './repair-kind';
import { SplitEvidence } from './SplitEvidence';

type Props = { instance: Instance; disk: InstanceDisk };

export function SplitBrain({ instance, disk }: Props) {
  const [first, second] = disk.sides;
  if (!first || !second) return null;
  return <Choice instance={instance} disk={disk} sides={[first, second]} />;
}

function Choice({ instance, disk, sides }: Props & { sides: [MirrorSideView, MirrorSideView] }) {
  const t = useTranslations('mirrors.split');
  const reasons = useTranslations('reasons');
  const [first, second] = sides;
  const runs = instance.operState === 'running' || instance.operState === 'paused';
  const order = compareGenerations(first.status?.generations ?? [], second.status?.generations ?? []);
  const { recommended, inUse } = judgeSplit(sides, { order, runs });
  const [chosenId, setChosenId] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const keepId = chosenId ?? inUse?.node.id ?? null;
  const kept = sides.find(({ node }) => node.id === keepId);
  const lost = kept && sides.find((side) => side !== kept);
  const refusal = actionRefusal('repairMirror', instance);
  const isManyDisks = instance.disks.length > 1;
  return (
    <section aria-label={t('title')} className="grid gap-3 rounded-md border border-broken/40 p-3">
      <div>
        <h3 className="font-semibold">{t('title')}</h3>
        <p className="text-soft">{t('text')}</p>
      </div>
      <SplitEvidence sides={sides} order={order} runs={runs} />
      <RadioCards
        name={`keep-${disk.id}`}
        label={t('title')}
        columns={2}
        value={keepId}
        onChange={setChosenId}
        cards={sides.map((side) => ({
          value: side.node.id,
          title: t('keep', { node: side.node.name }),
          help: recommended === side ? t(inUse ? 'recommendedInUse' : 'recommendedAhead') : undefined,
          disabledReason: inUse && inUse !== side ? t('inUse', { other: inUse.node.name }) : undefined,
        }))}
      />
      {lost && <p className="text-sm text-soft">{t('kept', { node: lost.node.name })}</p>}
      {isManyDisks && <p className="text-sm text-soft">{t('others')}</p>}
      {kept && (
        <div>
          <Button
            look="danger"
            pending={instance.job?.operation === 'instance.repairMirror'}
            disabledReason={refusal && reasons(refusal)}
            onClick={() => setAsking(true)}
          >
            {t('verb', { node: kept.node.name })}
          </Button>
        </div>
      )}
      {isAsking && kept && lost && (
        <Confirm instance={instance} disk={disk} pair={{ kept, lost }} onClose={() => setAsking(false)} />
      )}
    </section>
  );
}

type ConfirmProps = Props & { pair: { kept: MirrorSideView; lost: MirrorSideView }; onClose: () => void };

function Confirm({ instance: { id, name }, disk, pair: { kept, lost }, onClose }: ConfirmProps) {
  const t = useTranslations('mirrors.split');
  const repair = useRepairMirror();
  const names = { index: disk.index, name, node: lost.node.name, other: kept.node.name };
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('confirmTitle', names)}
      verb={t('submit', names)}
      typedName={name}
      pending={repair.isPending}
      error={repair.error && asAppError(repair.error)}
      onConfirm={() =>
        repair.mutate({ id, diskId: disk.id, keepNodeId: kept.node.id }, { onSuccess: onClose })
      }
    >
      <p>{t('confirmText', names)}</p>
      <p className="mt-1">{t('kept', names)}</p>
    </ConfirmDialog>
  );
}
