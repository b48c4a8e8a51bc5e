'use client';
import { useTranslations } from 'next-intl';
import { RelativeTime } from '@/components/ui/RelativeTime';
import type { GenerationOrder } from '@/contract/mirror-health';
import type { MirrorSideView } from '@/contract/schemas/instance-parts';

type Props = { sides: [MirrorSideView, MirrorSideView]; order: GenerationOrder; runs: boolean };

/** What the nodes have told that speaks for one side or the other. */
export function SplitEvidence({ sides, order, runs }: Props) {
  const t = useTranslations('mirrors.split');
  const [first, second] = sides;
  const [ahead, behind] = order === 'behind' ? [second, first] : [first, second];
  const primary = sides.find(({ isPrimaryNode }) => isPrimaryNode);
  const word = order === 'behind' ? 'ahead' : order;
  return (
    <section aria-label={t('evidence')}>
      <h4 className="text-sm text-faint">{t('evidence')}</h4>
      <ul className="ml-4 list-disc text-sm">
        <li>{t(word, { node: ahead.node.name, other: behind.node.name })}</li>
        {primary && <li>{t(runs ? 'runs' : 'belongs', { node: primary.node.name })}</li>}
        {sides.map(({ node, since }) => (
          <li key={node.id}>{t.rich('since', { node: node.name, at: () => <RelativeTime at={since} /> })}</li>
        ))}
        <li className="text-soft">{t('noTimes')}</li>
      </ul>
    </section>
  );
}
