'use client';
// The group of one node. Where moving it would tear mirrors apart, that is said first, and done only when asked again.
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { clusterQuery } from '@/client/clusters';
import { asAppError } from '@/client/fetch-json';
import { useAssignNodes } from '@/client/node-groups';
import { Button } from '@/components/ui/Button';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { Section } from '@/components/ui/Section';
import { Select } from '@/components/ui/Select';
import type { Node } from '@/contract/schemas/node';

export function NodeGroupField({ node }: { node: Node }) {
  const t = useTranslations('upkeep.group');
  const { data: cluster } = useQuery(clusterQuery(node.cluster.id));
  const assign = useAssignNodes();
  const [wanted, setWanted] = useState<string | null>(null);
  if (!cluster || (cluster.groups.length === 0 && !node.group)) return null;
  const move = (group: string, splitMirrors: boolean) => {
    setWanted(group);
    assign.mutate({
      ...{ clusterId: cluster.id, nodeIds: [node.id], groupId: group || null, splitMirrors },
    });
  };
  const groups = cluster.groups.map(({ id, name }) => ({ value: id, label: name }));
  const isSplit = assign.error !== null && asAppError(assign.error).code === 'wrong_state' && wanted !== null;
  return (
    <Section title={t('title')} help={t('help')}>
      <div className="grid gap-3">
        <Select
          aria-label={t('move')}
          value={assign.isPending ? (wanted ?? '') : (node.group?.id ?? '')}
          onChange={({ target }) => move(target.value, false)}
          options={[{ value: '', label: t('none') }, ...groups]}
        />
        {assign.error && (
          <ErrorPanel error={assign.error} compact>
            {isSplit && (
              <Button size="small" onClick={() => move(wanted, true)}>
                {t('split')}
              </Button>
            )}
          </ErrorPanel>
        )}
        {isSplit && <p className="text-sm text-faint">{t('splitHelp')}</p>}
      </div>
    </Section>
  );
}
