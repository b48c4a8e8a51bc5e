// The control plane's keys, kept encrypted in the database so that every web and engine process has the same: the cluster CA and the
// certificate with which agents are called.
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Db } from '../db/client';
import { secretOrCreate, storeSecret } from '../db/secrets';
import type { AgentCredentials } from './agent-dial';
import { createCa, createControlCertificate, type CertificateAndKey } from './ca';

const Stored = z.object({ certificate: z.string(), key: z.string() });

const renewBeforeMs = 60 * 86_400_000;

export type ControlIdentity = { ca: CertificateAndKey; control: CertificateAndKey };

/** Reads both, making them at the first start; a control certificate near its end is replaced. `key` is CORRAL_SECRET. */
export async function loadControlIdentity(db: Db, key: string): Promise<ControlIdentity> {
  const ca = await read({ db, key, name: 'ca', create: createCa });
  const name = 'control-certificate';
  const control = await read({ db, key, name, create: () => createControlCertificate(ca) });
  if (new Date(new X509Certificate(control.certificate).validTo).getTime() - Date.now() > renewBeforeMs)
    return { ca, control };
  const renewed = await createControlCertificate(ca);
  await storeSecret({ db, key, name, value: JSON.stringify(renewed) });
  return { ca, control: renewed };
}

export function credentialsOf({ ca, control }: ControlIdentity): AgentCredentials {
  return { ca: ca.certificate, controlCert: control.certificate, controlKey: control.key };
}

type Request = { db: Db; key: string; name: string; create: () => Promise<CertificateAndKey> };

async function read({ create, ...request }: Request): Promise<CertificateAndKey> {
  const text = await secretOrCreate({ ...request, create: async () => JSON.stringify(await create()) });
  const parsed: unknown = JSON.parse(text);
  return Stored.parse(parsed);
}
