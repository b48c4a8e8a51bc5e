// The two kinds of nodes of a lab, told apart by what runs their guests.

export type NodeKind = 'kvm' | 'xen';

/** KVM nodes count from 1, Xen nodes beside them from here, so that neither moves when there are more of the other. */
const firstXenId = 101;

/** Which node of its kind it is, from 1. */
export function nodeId(kind: NodeKind, index: number): number {
  return kind === 'kvm' ? index : firstXenId + index - 1;
}

export function nodeName(kind: NodeKind, index: number): string {
  return kind === 'kvm' ? `node${index}` : `xen${index}`;
}
