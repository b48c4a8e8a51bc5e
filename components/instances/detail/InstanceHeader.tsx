'use client';
import { Monitor, SquareTerminal } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { hasScreen } from '@/components/console/has-screen';
import { InstanceMenu } from '@/components/instances/actions/InstanceMenu';
import { StartButton } from '@/components/instances/actions/StartButton';
import { InstanceBadge } from '@/components/state/InstanceBadge';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { PageHeader } from '@/components/ui/PageHeader';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { pages } from '@/contract/paths';
import type { ConsoleKind, Instance } from '@/contract/schemas/instance';
import { whyNot } from '@/contract/instance-actions';

type Props = {
  instance: Instance;
  /** The console that the page shows; a screen then offers the start itself. */ shown: ConsoleKind | null;
};

export function InstanceHeader({ instance, shown }: Props) {
  const t = useTranslations('instances.facts');
  const { name, owner, node, secondary, cluster, seenAt } = instance;
  const place = node ? (
    <>
      <Link href={pages.node(node.id)} className="font-mono text-[13px] hover:text-accent hover:underline">
        {node.name}
      </Link>{' '}
      {secondary && (
        <span className="text-faint">
          {t.rich('mirroredTo', {
            node: () => (
              <Link
                href={pages.node(secondary.id)}
                className="font-mono text-[13px] hover:text-accent hover:underline"
              >
                {secondary.name}
              </Link>
            ),
          })}{' '}
        </span>
      )}
      {t('in', { cluster: cluster.name })}
    </>
  ) : (
    cluster.name
  );
  const age = seenAt ? t.rich('seen', { ago: () => <RelativeTime at={seenAt} /> }) : t('neverSeen');
  return (
    <PageHeader
      mono
      title={name}
      badge={<InstanceBadge instance={instance} look="filled" />}
      meta={[owner?.name ?? t('noOwner'), place, age]}
      actions={
        <>
          <InstanceMenu
            instance={instance}
            groups={['look', 'power', 'make', 'move', 'maintain']}
            look="page"
          />
          <PrimaryAction instance={instance} shown={shown} />
        </>
      }
    />
  );
}

/** What one most likely wants next: start what is off, else look at it. */
function PrimaryAction({ instance, shown }: Props) {
  const t = useTranslations('instances.actions');
  const isOff = whyNot('start', instance.status, false) === null;
  if (shown === 'screen') return null;
  if (isOff) return <StartButton instance={instance} />;
  if (whyNot('screen', instance.status, false) !== null) return null;
  const kind = hasScreen(instance) ? 'screen' : 'serial';
  if (kind === shown) return null;
  return (
    <ButtonLink look="primary" href={pages.instance(instance.id, kind)}>
      {kind === 'screen' ? <Monitor aria-hidden /> : <SquareTerminal aria-hidden />}
      {t(kind)}
    </ButtonLink>
  );
}
