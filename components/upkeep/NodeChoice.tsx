'use client';
import { useTranslations } from 'next-intl';
import { CheckboxField } from '@/components/ui/Checkbox';
import type { Node } from '@/contract/schemas/node';

type Props = { nodes: readonly Node[]; chosen: readonly string[]; onChange: (ids: string[]) => void };

/** Nodes that take commands, and why the others do not. */
export function NodeChoice({ nodes, chosen, onChange }: Props) {
  const t = useTranslations('upkeep.commands');
  const willing = nodes.filter(isWilling).map(({ id }) => id);
  const isAll = willing.length > 0 && willing.every((id) => chosen.includes(id));
  const hindrance = (node: Node) => {
    if (node.state !== 'online') return t('away');
    return isWilling(node) ? undefined : t('notAllowed');
  };
  return (
    <fieldset className="grid gap-0.5">
      {willing.length === 0 && <p className="pb-2 text-attention">{t('none')}</p>}
      {willing.length > 1 && (
        <CheckboxField label={t('all')} checked={isAll} onChange={() => onChange(isAll ? [] : willing)} />
      )}
      {nodes.map((node) => (
        <CheckboxField
          key={node.id}
          label={node.name}
          help={hindrance(node)}
          disabled={!isWilling(node)}
          checked={chosen.includes(node.id)}
          onChange={({ target }) =>
            onChange(target.checked ? [...chosen, node.id] : chosen.filter((id) => id !== node.id))
          }
        />
      ))}
    </fieldset>
  );
}

const isWilling = ({ state, facts }: Node) => state === 'online' && facts?.allowsCommands === true;
