'use client';
// The page of one node: how it is, what it has, what runs on it, and what may be done with it.
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { nodeQuery } from '@/client/nodes';
import { Crumb } from '@/components/frame/Crumb';
import { NodeBadge } from '@/components/state/NodeBadge';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { PageHeader } from '@/components/ui/PageHeader';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { Section } from '@/components/ui/Section';
import { EvacuationProgress } from '@/components/upkeep/EvacuationProgress';
import { ForeignDomains } from '@/components/upkeep/ForeignDomains';
import { LostMirrors } from '@/components/upkeep/LostMirrors';
import { NodeGroupField } from '@/components/upkeep/NodeGroupField';
import { NodeGuide } from '@/components/upkeep/NodeGuide';
import { NodeVolumes } from '@/components/upkeep/NodeVolumes';
import { NodeAbout, NodeFactStrip } from './NodeFacts';
import { NodeAccelerator } from './NodeAccelerator';
import { NodeChecks } from './NodeChecks';
import { NodeDanger } from './NodeDanger';
import { NodeInstances, NodeJobs } from './NodeLists';
import { NodeOffers } from './NodeOffers';
import { NodeUpgrade } from './NodeUpgrade';
import { NodeUse } from './NodeUse';
import { NodeXen } from './NodeXen';

export function NodeView({ id }: { id: string }) {
  const t = useTranslations('nodes');
  const { data: node, error } = useQuery(nodeQuery(id));
  if (!node) return error ? <ErrorPanel error={error} /> : null;
  return (
    <div className="grid gap-4">
      <Crumb label={node.name} />
      <PageHeader
        mono
        title={node.name}
        badge={<NodeBadge node={node} look="filled" />}
        meta={[
          node.cluster.name,
          ...(node.group ? [node.group.name] : []),
          <span key="seen">
            {t('facts.seen')} <RelativeTime at={node.seenAt} />
          </span>,
        ]}
      />
      {node.problem && node.state === 'online' && (
        <ErrorPanel error={{ code: 'unavailable', message: node.problem }} compact />
      )}
      <NodeGuide node={node} />
      <NodeFactStrip node={node} />
      <EvacuationProgress batchId={node.evacuationId} />
      <LostMirrors node={node} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
          <Section title={t('usage')}>
            <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
              <NodeUse node={node} what="memory" />
              <NodeUse node={node} what="disk" />
            </div>
          </Section>
          <NodeInstances node={node} />
          <ForeignDomains node={node} />
          <NodeJobs node={node} />
          <NodeVolumes node={node} />
          <NodeOffers node={node} />
        </div>
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-4">
          <NodeUpgrade node={node} />
          <NodeChecks node={node} />
          {node.facts?.xen ? (
            <NodeXen xen={node.facts.xen} freeMiB={node.facts.memory.freeMiB} />
          ) : (
            <NodeAccelerator node={node} />
          )}
          <NodeGroupField node={node} />
          <NodeAbout node={node} />
        </div>
      </div>
      <NodeDanger node={node} />
    </div>
  );
}
