// Block nodes of a running QEMU and the files behind them, taken away so that nothing stays open.
import { z } from 'zod';
import type { QmpClient } from '../tools/qmp/client';

const Nodes = z.array(z.object({ 'node-name': z.string() }));
const FdSets = z.array(
  z.object({ 'fdset-id': z.number(), fds: z.array(z.object({ opaque: z.string().optional() })) }),
);

/** Removes a node that no device uses, and closes the files that were handed in as `opaque` for it; none of them is fine. */
export async function removeNode(
  qmp: QmpClient,
  { node, opaque }: { node: string; opaque: string },
): Promise<void> {
  const nodes = Nodes.parse(await qmp.execute('query-named-block-nodes', { flat: true }));
  if (nodes.some((there) => there['node-name'] === node))
    await qmp.execute('blockdev-del', { 'node-name': node });
  const sets = FdSets.parse(await qmp.execute('query-fdsets'));
  for (const { 'fdset-id': id, fds } of sets)
    if (fds.some((fd) => fd.opaque === opaque)) await qmp.execute('remove-fd', { 'fdset-id': id });
}
