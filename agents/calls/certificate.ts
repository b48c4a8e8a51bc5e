// Renewal of the node's certificate: a new key is kept aside until the certificate for it arrives.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { checkNodeCertificate } from '../identity';
import { makeKeyAndRequest } from '../identity-keys';
import type { NodeParts } from '../node-parts';
import type { Handlers } from './handlers';

const PendingRenewal = z.object({ nodeId: z.string(), key: z.string() });
const lockKey = 'certificate';

export function createCertificateCalls({
  nodeId,
  store,
  locks,
  onRenewed,
  log,
}: NodeParts): Pick<Handlers, 'certificate.request' | 'certificate.install'> {
  return {
    'certificate.request': (_, { signal }) =>
      locks.run(
        lockKey,
        async () => {
          const { key, csr } = await makeKeyAndRequest(nodeId);
          await store.writePending(JSON.stringify({ nodeId, key }));
          return { csr };
        },
        signal,
      ),
    'certificate.install': ({ certificate }, { signal }) =>
      locks.run(
        lockKey,
        async () => {
          const current = await store.read();
          if (!current) throw new AppError('wrong_state', 'Cannot install a certificate: the node has left');
          if (current.certificate === certificate) return {};
          const text = await store.readPending();
          const pending = text === null ? undefined : PendingRenewal.safeParse(JSON.parse(text)).data;
          if (pending?.nodeId !== nodeId)
            throw new AppError('wrong_state', 'Cannot install a certificate: none was requested');
          const renewed = { ...current, key: pending.key, certificate };
          checkNodeCertificate(renewed);
          await store.write(renewed);
          await store.writePending(null);
          await onRenewed();
          log('certificate renewed');
          return {};
        },
        signal,
      ),
  };
}
