'use client';
import { RebootDialog } from './RebootDialog';
import { RemoveDialog } from './RemoveDialog';
import { StopDialog } from './StopDialog';
import type { Instance } from '@/contract/schemas/instance';

export type AskedAction = 'stop' | 'reboot' | 'remove';
type Props = { instance: Instance; asked: AskedAction; onClose: () => void };

/** The question that belongs to an action. */
export function InstanceDialogs({ asked, ...rest }: Props) {
  if (asked === 'stop') return <StopDialog {...rest} />;
  return asked === 'reboot' ? <RebootDialog {...rest} /> : <RemoveDialog {...rest} />;
}
