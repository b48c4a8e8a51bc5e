'use client';
// Everything that can be done to an instance, each saying why not where it can't be. Dialogs are loaded when they are first asked for.
import {
  ArrowLeftRight,
  CircleCheck,
  CircleOff,
  Columns2,
  Disc3,
  EllipsisVertical,
  Eraser,
  HardDriveDownload,
  Monitor,
  MoveRight,
  Pause,
  PencilLine,
  Play,
  Plug,
  Power,
  Replace,
  RotateCcw,
  Shuffle,
  SlidersHorizontal,
  Square,
  SquareTerminal,
  StepForward,
  Trash2,
  Truck,
  Unplug,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { Fragment, useState, type ReactNode } from 'react';
import { usePauseInstance, useResumeInstance } from '@/client/instance-moves';
import { useStartInstance } from '@/client/instances';
import { useViewer } from '@/client/session';
import { Button } from '@/components/ui/Button';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/Menu';
import { pages } from '@/contract/paths';
import type { Instance } from '@/contract/schemas/instance';
import { actionRefusal } from './action-refusal';
import type { AskedAction } from './InstanceDialogs';
import { type MenuAction, menuActions, type MenuGroup, offeredActions } from './menu-actions';

const InstanceDialogs = dynamic(() => import('./InstanceDialogs').then((module) => module.InstanceDialogs));

const icons: Record<MenuAction, ReactNode> = {
  start: <Play />,
  startWith: <StepForward />,
  stop: <Power />,
  reboot: <RotateCcw />,
  pause: <Pause />,
  resume: <Play />,
  modify: <SlidersHorizontal />,
  migrate: <MoveRight />,
  failover: <Shuffle />,
  replaceDisks: <Replace />,
  moveSecondary: <ArrowLeftRight />,
  move: <Truck />,
  mirrorDisks: <Columns2 />,
  unmirrorDisks: <Square />,
  activateDisks: <Plug />,
  deactivateDisks: <Unplug />,
  setOffline: <CircleOff />,
  setOnline: <CircleCheck />,
  recreateDisks: <Eraser />,
  reinstall: <HardDriveDownload />,
  rename: <PencilLine />,
  saveImage: <Disc3 />,
  remove: <Trash2 />,
  screen: <Monitor />,
  serial: <SquareTerminal />,
};

type Props = {
  instance: Instance;
  groups: readonly MenuGroup[];
  /** How the button looks: in a row, or beside a page's primary action. */
  look: 'row' | 'page';
};

export function InstanceMenu({ instance, groups, look }: Props) {
  const t = useTranslations('instances');
  const reasons = useTranslations('reasons');
  const { isOperator } = useViewer();
  const { choose, asked, close, isPending } = useChosen(instance);
  const trigger = (
    <Button
      look={look === 'row' ? 'quiet' : 'plain'}
      size={look === 'row' ? 'smallIcon' : 'icon'}
      pending={isPending}
      aria-label={t('actionsOf', { name: instance.name })}
    >
      <EllipsisVertical aria-hidden />
    </Button>
  );

  return (
    <>
      <Menu trigger={trigger}>
        {offeredActions(instance, { isOperator, groups }).map((actions, index) => (
          <Fragment key={actions[0]}>
            {index > 0 && <MenuSeparator />}
            {actions.map((action) => {
              const refusal = actionRefusal(menuActions[action], instance);
              return (
                <MenuItem
                  key={action}
                  icon={icons[action]}
                  danger={action === 'remove' || action === 'recreateDisks'}
                  disabledReason={refusal && reasons(refusal)}
                  onSelect={() => choose(action)}
                >
                  {t(`actions.${action}`)}
                </MenuItem>
              );
            })}
          </Fragment>
        ))}
      </Menu>
      {asked && <InstanceDialogs instance={instance} asked={asked} onClose={close} />}
    </>
  );
}

/** What needs no question is done at once. */
function useChosen({ id }: Instance) {
  const router = useRouter();
  const [start, pause, resume] = [useStartInstance(), usePauseInstance(), useResumeInstance()];
  const [asked, setAsked] = useState<AskedAction | null>(null);
  const choose = (action: MenuAction) => {
    if (action === 'start') start.mutate({ id });
    else if (action === 'pause') pause.mutate({ id });
    else if (action === 'resume') resume.mutate({ id });
    else if (action === 'screen' || action === 'serial') router.push(pages.instance(id, action));
    else setAsked(action);
  };
  const isPending = start.isPending || pause.isPending || resume.isPending;
  return { choose, asked, close: () => setAsked(null), isPending };
}
