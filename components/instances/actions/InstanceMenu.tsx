'use client';
// Everything that can be done to an instance, each saying why not where it can't be. Dialogs are loaded when they are first asked for.
import {
  EllipsisVertical,
  HardDriveDownload,
  Monitor,
  PencilLine,
  Play,
  Power,
  RotateCcw,
  SquareTerminal,
  Trash2,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useState, type ReactNode } from 'react';
import { useStartInstance } from '@/client/instances';
import { Button } from '@/components/ui/Button';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/Menu';
import { pages } from '@/contract/paths';
import type { Instance } from '@/contract/schemas/instance';
import { whyNot, type InstanceAction } from '@/contract/instance-actions';
import type { AskedAction } from './InstanceDialogs';

const InstanceDialogs = dynamic(() => import('./InstanceDialogs').then((module) => module.InstanceDialogs));

const icons = {
  start: <Play />,
  stop: <Power />,
  reboot: <RotateCcw />,
  reinstall: <HardDriveDownload />,
  rename: <PencilLine />,
  remove: <Trash2 />,
  screen: <Monitor />,
  serial: <SquareTerminal />,
} satisfies Partial<Record<InstanceAction, ReactNode>>;

/** What the menu offers, besides what has a place of its own. */
export type MenuAction = keyof typeof icons;

/** Looking, power, and the end are kept apart. */
const opensGroup: MenuAction[] = ['start', 'reinstall', 'remove'];

type Props = {
  instance: Instance;
  actions: readonly MenuAction[];
  /** How the button looks: in a row, or beside a page's primary action. */
  look: 'row' | 'page';
};

export function InstanceMenu({ instance, actions, look }: Props) {
  const t = useTranslations('instances');
  const reasons = useTranslations('reasons');
  const router = useRouter();
  const start = useStartInstance();
  const [asked, setAsked] = useState<AskedAction | null>(null);
  const choose = (action: MenuAction) => {
    if (action === 'start') start.mutate({ id: instance.id });
    else if (action === 'screen' || action === 'serial') router.push(pages.instance(instance.id, action));
    else setAsked(action);
  };
  const trigger = (
    <Button
      look={look === 'row' ? 'quiet' : 'plain'}
      size={look === 'row' ? 'smallIcon' : 'icon'}
      pending={start.isPending}
      aria-label={t('actionsOf', { name: instance.name })}
    >
      <EllipsisVertical aria-hidden />
    </Button>
  );

  return (
    <>
      <Menu trigger={trigger}>
        {actions.map((action, index) => {
          const refusal = whyNot(action, instance.status, instance.job !== null);
          const isRemove = action === 'remove';
          return (
            <span key={action} className="contents">
              {index > 0 && opensGroup.includes(action) && <MenuSeparator />}
              <MenuItem
                icon={icons[action]}
                danger={isRemove}
                disabledReason={refusal && reasons(refusal)}
                onSelect={() => choose(action)}
              >
                {t(`actions.${action}`)}
              </MenuItem>
            </span>
          );
        })}
      </Menu>
      {asked && <InstanceDialogs instance={instance} asked={asked} onClose={() => setAsked(null)} />}
    </>
  );
}
