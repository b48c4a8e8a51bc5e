'use client';
// Empties a node: first the plan, row by row, then one job for each move.
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { evacuationQuery, useEvacuateNode } from '@/client/node-upkeep';
import { Button, type ButtonProps } from '@/components/ui/Button';
import { CheckboxField } from '@/components/ui/Checkbox';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { RadioCards } from '@/components/ui/RadioCards';
import { Sheet } from '@/components/ui/Sheet';
import { EvacuationKind, type EvacuationPlan } from '@/contract/schemas/evacuation';
import type { Node } from '@/contract/schemas/node';
import { EvacuationRows } from './EvacuationRows';

type Props = { node: Node; kind: EvacuationKind; look?: ButtonProps['look']; disabledReason?: ReactNode };

export function EvacuateButton({ node, kind, look, disabledReason }: Props) {
  const t = useTranslations('upkeep.evacuate');
  const [isOpen, setOpen] = useState(false);
  const isLost = node.state !== 'online';
  const empty = node.instances + node.secondaries === 0 ? t('empty') : null;
  return (
    <>
      <Button look={look} disabledReason={disabledReason ?? empty} onClick={() => setOpen(true)}>
        {t(isLost ? 'failoverVerb' : 'verb')}
      </Button>
      <Sheet
        open={isOpen}
        onClose={() => setOpen(false)}
        title={t(isLost ? 'failoverTitle' : 'title', { name: node.name })}
        description={t(isLost ? 'failoverText' : 'text')}
      >
        <Planning node={node} initial={kind} onDone={() => setOpen(false)} />
      </Sheet>
    </>
  );
}

function Planning({ node, initial, onDone }: { node: Node; initial: EvacuationKind; onDone: () => void }) {
  const t = useTranslations('upkeep.evacuate');
  const [kind, setKind] = useState(initial);
  const { data: plan, error } = useQuery(evacuationQuery(node.id, kind));
  return (
    <div className="grid gap-4">
      <RadioCards
        name="evacuation-kind"
        label={t('what')}
        value={kind}
        onChange={setKind}
        cards={EvacuationKind.options.map((value) => ({
          value,
          title: t(`kinds.${value}`),
          help: t(`kinds.${value}Help`),
        }))}
      />
      {error && <ErrorPanel error={error} compact />}
      {plan && <Plan key={plan.digest} node={node} plan={plan} onDone={onDone} />}
    </div>
  );
}

function Plan({ node, plan, onDone }: { node: Node; plan: EvacuationPlan; onDone: () => void }) {
  const t = useTranslations('upkeep.evacuate');
  const evacuate = useEvacuateNode();
  const mayDrain = node.state === 'online' && !node.drained;
  const [drain, setDrain] = useState(mayDrain);
  const moving = plan.rows.filter(({ moves }) => moves.length > 0).length;
  const submit = () =>
    evacuate.mutate(
      { id: node.id, kind: plan.kind, digest: plan.digest, drain: mayDrain && drain },
      { onSuccess: onDone },
    );
  return (
    <div className="grid gap-3">
      <p className="text-soft">
        {t('summary', { moving, staying: plan.rows.length - moving, total: plan.rows.length })}
      </p>
      <EvacuationRows rows={plan.rows} />
      {mayDrain && (
        <CheckboxField
          label={t('drain')}
          help={t('drainHelp')}
          checked={drain}
          onChange={(event) => setDrain(event.target.checked)}
        />
      )}
      {evacuate.error && <ErrorPanel error={evacuate.error} compact />}
      <div className="border-t border-line pt-4">
        <Button
          look="primary"
          pending={evacuate.isPending}
          disabledReason={moving === 0 ? t('nothing') : null}
          onClick={submit}
        >
          {t('start', { count: moving })}
        </Button>
      </div>
    </div>
  );
}
