// The only reader of the control plane's environment.
import { z } from 'zod';

const Environment = z.object({
  DATABASE_URL: z.string().min(1),
  CORRAL_SECRET: z.string().min(32),
  CORRAL_HOST: z.string().default('127.0.0.1'),
  CORRAL_PORT: z.coerce.number().int().min(0).max(65535).default(4300),
  CORRAL_URL: z.url(),
  /** "1" behind a reverse proxy of ours: the remote address is then the last entry of x-forwarded-for. */
  CORRAL_TRUST_PROXY: z.stringbool().default(false),
  NODE_ENV: z.enum(['development', 'production', 'test']).default('production'),
});
export type Environment = z.infer<typeof Environment>;

let parsed: Environment | undefined;

/** The environment, parsed once. Throws with the names of missing or malformed variables. */
export function env(): Environment {
  parsed ??= read();
  return parsed;
}

function read(): Environment {
  const result = Environment.safeParse(process.env);
  if (result.success) {
    // The sign-in library reads this one variable by itself.
    process.env.NEXTAUTH_URL = result.data.CORRAL_URL;
    return result.data;
  }
  const names = result.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw new Error(`Set these environment variables (npm start does): ${names}`);
}
