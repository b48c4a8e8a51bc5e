// The only reader of the control plane's environment.
import { z } from 'zod';
import { proxyIsUnknown, TrustedProxies } from '@/contract/trusted-proxies';

const Environment = z.object({
  DATABASE_URL: z.string().min(1),
  CORRAL_SECRET: z.string().min(32),
  CORRAL_HOST: z.string().default('127.0.0.1'),
  CORRAL_PORT: z.coerce.number().int().min(0).max(65535).default(4300),
  CORRAL_URL: z.url(),
  /** Whose x-forwarded-for is believed: its last entry is then the remote address. */
  CORRAL_TRUST_PROXY: TrustedProxies.optional(),
  /** Where files are kept that are not in the database: disk images. */
  CORRAL_DATA: z.string().min(1).default('data'),
  /** Whether disk images may also be downloaded from private, local and loopback addresses. */
  CORRAL_PRIVATE_IMAGE_URLS: z.enum(['0', '1']).default('0'),
  /** The folder of the bundled programs; the processes start in the folder of the product. */
  CORRAL_DIST: z.string().default('dist'),
  /** How long jobs that ended are kept, with their logs. The activity is kept for ever. */
  CORRAL_KEEP_JOBS_DAYS: z.coerce.number().int().min(1).max(3_650).default(90),
  NODE_ENV: z.enum(['development', 'production', 'test']).default('production'),
});
export type Environment = z.infer<typeof Environment> & { CORRAL_TRUST_PROXY: TrustedProxies };

let parsed: Environment | undefined;

/** The environment, parsed once. Throws with the names of missing or malformed variables. */
export function env(): Environment {
  parsed ??= read();
  return parsed;
}

function read(): Environment {
  const { CORRAL_TRUST_PROXY: proxies, ...rest } = process.env;
  const result = Environment.safeParse({ ...rest, CORRAL_TRUST_PROXY: proxies || undefined });
  if (result.success) {
    const { CORRAL_URL: url, CORRAL_TRUST_PROXY: trusted } = result.data;
    if (url.startsWith('https:') && !trusted) throw new Error(proxyIsUnknown);
    // The sign-in library reads this one variable by itself.
    process.env.NEXTAUTH_URL = url;
    return { ...result.data, CORRAL_TRUST_PROXY: trusted ?? [] };
  }
  const names = result.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new Error(`Set these environment variables (npm start does): ${names}`);
}
