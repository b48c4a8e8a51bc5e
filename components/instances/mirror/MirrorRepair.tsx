'use client';
import { useTranslations } from 'next-intl';
import { useState, type ReactNode } from 'react';
import { useActivateDisks, useReplaceDisks } from '@/client/instance-moves';
import { actionRefusal } from '@/components/instances/actions/action-refusal';
import { type AskedAction, InstanceDialogs } from '@/components/instances/actions/InstanceDialogs';
import { Button } from '@/components/ui/Button';
import { ButtonLink } from '@/components/ui/ButtonLink';
import type { InstanceAction } from '@/contract/instance-actions';
import type { MirrorHealth } from '@/contract/mirror-health';
import { pages } from '@/contract/paths';
import type { Instance } from '@/contract/schemas/instance';
import type { InstanceDisk } from '@/contract/schemas/instance-parts';
import { repairOf } from './repair-kind';
import { SplitBrain } from './SplitBrain';

type Props = { instance: Instance; disk: InstanceDisk; health: MirrorHealth };

/** What is wrong in words, and the one thing to do about it. */
export function MirrorRepair({ instance, disk, health }: Props) {
  const t = useTranslations('mirrors.repair');
  const repair = repairOf(health, disk);
  if (!repair) return null;
  if (repair.kind === 'split') return <SplitBrain instance={instance} disk={disk} />;
  return (
    <section
      aria-label={t('title')}
      className="flex flex-wrap items-center gap-x-6 gap-y-2 rounded-md border border-line px-3 py-2.5"
    >
      <p className="min-w-56 flex-1 text-soft">
        <Words disk={disk} health={health} />
      </p>
      <div className="flex flex-wrap gap-2">
        {repair.kind === 'activate' && <Activate instance={instance} health={health} />}
        {repair.kind === 'renew' && <Renew instance={instance} />}
        {repair.kind === 'goTo' && repair.nodes.map((node) => <GoTo key={node.id} node={node} />)}
        {(repair.kind === 'move' || repair.kind === 'failover') && (
          <>
            <GoTo node={repair.away.node} />
            <Ask
              instance={instance}
              asks={repair.kind === 'move' ? 'moveSecondary' : 'failover'}
              by={repair.kind === 'move' ? 'replaceDisks' : 'failover'}
            />
          </>
        )}
      </div>
    </section>
  );
}

function Words({ disk, health }: Omit<Props, 'instance'>): ReactNode {
  const t = useTranslations('mirrors.repair');
  const repair = repairOf(health, disk);
  const [first = '', second = ''] = disk.sides.map(({ node }) => node.name);
  if (repair?.kind === 'move' || repair?.kind === 'failover') {
    const names = { node: repair.away.node.name, other: repair.left.node.name };
    return t(repair.kind === 'move' ? 'degradedSecondary' : 'degradedPrimary', names);
  }
  if (health === 'diskless') {
    const lost = disk.sides.find(({ status }) => status?.diskState !== 'upToDate')?.node.name ?? first;
    return t('diskless', { node: lost, other: lost === first ? second : first });
  }
  if (health === 'unreachable' || health === 'connecting') return t(health, { first, second });
  if (health === 'mirrored' || health === 'synchronising') return null;
  return health === 'splitBrain' || health === 'degraded' ? t('unknown') : t(health);
}

function GoTo({ node: { id, name } }: { node: { id: string; name: string } }) {
  const t = useTranslations('mirrors.repair');
  return <ButtonLink href={pages.node(id)}>{t('goToNode', { node: name })}</ButtonLink>;
}

function Activate({ instance, health }: { instance: Instance; health: MirrorHealth }) {
  const t = useTranslations('mirrors.repair');
  const reasons = useTranslations('reasons');
  const activate = useActivateDisks();
  const refusal = actionRefusal('activateDisks', instance);
  return (
    <Button
      look="primary"
      pending={activate.isPending || instance.job?.operation === 'instance.activateDisks'}
      disabledReason={refusal && reasons(refusal)}
      onClick={() => activate.mutate({ id: instance.id })}
    >
      {t(health === 'inactive' ? 'activateDisks' : 'activate')}
    </Button>
  );
}

function Renew({ instance }: { instance: Instance }) {
  const t = useTranslations('mirrors.repair');
  const reasons = useTranslations('reasons');
  const replace = useReplaceDisks();
  const refusal = actionRefusal('replaceDisks', instance);
  return (
    <Button
      look="primary"
      pending={replace.isPending || instance.job?.operation === 'instance.replaceDisks'}
      disabledReason={refusal && reasons(refusal)}
      onClick={() => replace.mutate({ id: instance.id, mode: 'auto' })}
    >
      {t('renew')}
    </Button>
  );
}

type AskProps = {
  instance: Instance;
  asks: AskedAction & ('moveSecondary' | 'failover');
  by: InstanceAction;
};

function Ask({ instance, asks, by }: AskProps) {
  const t = useTranslations('instances.actions');
  const reasons = useTranslations('reasons');
  const [isOpen, setOpen] = useState(false);
  const refusal = actionRefusal(by, instance);
  return (
    <>
      <Button look="primary" disabledReason={refusal && reasons(refusal)} onClick={() => setOpen(true)}>
        {t(asks)}
      </Button>
      {isOpen && <InstanceDialogs instance={instance} asked={asks} onClose={() => setOpen(false)} />}
    </>
  );
}
