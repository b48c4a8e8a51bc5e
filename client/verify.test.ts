import { expect, it } from 'vitest';
import { requestOf } from './verify';

it('asks for what mends a finding where people ask for it too', () => {
  const volume = { kind: 'vg', pool: 'corral', name: 'disk-1' } as const;
  const onInstance = { kind: 'operation', params: { instanceId: 'i' } } as const;
  const requests = [
    requestOf({ ...onInstance, operation: 'instance.start' }),
    requestOf({ ...onInstance, operation: 'instance.activateDisks' }),
    requestOf({ ...onInstance, operation: 'instance.cleanupMigration' }),
    requestOf({
      ...{ kind: 'operation', operation: 'instance.replaceDisks' },
      params: { instanceId: 'i', mode: 'secondary' },
    }),
    requestOf({ kind: 'operation', operation: 'node.removeVolume', params: { nodeId: 'n', volume } }),
  ];
  expect(requests).toEqual([
    { url: '/api/v1/instances/i/start', body: {} },
    { url: '/api/v1/instances/i/activate-disks', body: {} },
    { url: '/api/v1/instances/i/cleanup-migration', body: {} },
    { url: '/api/v1/instances/i/replace-disks', body: { mode: 'secondary' } },
    { url: '/api/v1/nodes/n/volumes/remove', body: { ...volume, confirmName: 'disk-1' } },
  ]);
});
