// Every operation on nodes that the journey on real nodes (e2e/real-nodes.e2e.ts) does not take, once on real kernels.
import { expect, it } from 'vitest';
import { z } from 'zod';
import { api } from '@/contract/paths';
import { AcceptedBatch } from '@/contract/schemas/batch';
import type { RealCluster } from './real-cluster';
import { until } from './until';

export function describeNodeOperations(cluster: () => RealCluster): void {
  const idOf = async (name: string) => (await cluster().node(name)).id;
  const order = (...asked: Parameters<RealCluster['order']>) => cluster().order(...asked);

  it('a node takes commands and files of operators only where root of the node says so', async () => {
    const { rest } = cluster();
    const node = cluster().lab.node(1);
    const nodeIds = [await idOf(node.name)];
    const ask = async (path: string, body: object) => {
      const { jobIds } = await rest.call('POST', path, AcceptedBatch, { nodeIds, ...body });
      for (const jobId of jobIds) await rest.jobDone(jobId);
    };
    const touch = { command: 'touch /run/commanded' };
    await expect(ask(api.nodeCommands(), touch)).rejects.toThrow(/allow-commands/);
    await node.run('mkdir -p /etc/corral && touch /etc/corral/allow-commands');
    await ask(api.nodeCommands(), touch);
    await ask(api.nodeFiles(), { path: '/run/put', mode: '0600', content: 'put here\n' });
    expect(await node.run('ls /run/commanded; cat /run/put; rm /etc/corral/allow-commands')).toMatch(
      /commanded\s+put here/,
    );
  });

  it('a node is powered off by the fence command of its cluster, and taken back', async () => {
    const { rest, clusterId, lab } = cluster();
    const [lost, other] = lab.nodes;
    if (!lost || !other) throw new Error('Two nodes are needed');
    await other.run(`mkdir -p /etc/corral/fence.d && printf '%s\\n' '#!/bin/sh' 'case $CORRAL_ACTION in' \
      'off) echo "echo o >/proc/sysrq-trigger" | timeout 5 socat - TCP:$CORRAL_NODE_NAME:9001; true ;;' \
      'status) ping -c 1 -W 2 "$CORRAL_NODE_NAME" >/dev/null && echo on || echo off ;;' 'esac' >/etc/corral/fence.d/lab
      chmod 755 /etc/corral/fence.d/lab`);
    // Its facts are looked at now and then only.
    await order('POST', api.nodeCheck(await idOf(other.name)));
    await rest.call('PATCH', api.cluster(clusterId), z.unknown(), { fenceHook: 'lab' });
    await lost.run('systemctl stop corral-agent');
    const { id: nodeId } = await cluster().untilNode(lost.name, 'unreachable');
    await order('POST', api.nodeOffline(nodeId), { how: 'hook', confirmName: lost.name });
    expect(await cluster().node(lost.name)).toMatchObject({ state: 'offline' });
    await until(
      () => Promise.resolve(lost.isRunning()),
      (runs) => !runs,
    );
    await lost.start();
    await cluster().untilAnswers(lost.name);
    await order('POST', api.nodeOnline(nodeId));
    await cluster().untilNode(lost.name, 'online');
  });

  it('a node leaves its console, and nothing of the agent goes on there', async () => {
    const leaving = cluster().lab.nodes[1];
    if (!leaving) throw new Error('Two nodes are needed');
    await order('DELETE', api.node(await idOf(leaving.name)));
    await until(
      () => leaving.sh('systemctl is-active corral-agent'),
      ({ exitCode }) => exitCode !== 0,
    );
    expect((await leaving.sh('ls /var/lib/corral/agent/identity.json')).exitCode).not.toBe(0);
  });
}
