// What an operator pastes on a node. It runs only the script that it carries the checksum of, whoever answers at the console's address.
import { createHash } from 'node:crypto';
import { joinTokenVariable } from '@/contract/agent-install';
import { api } from '@/contract/paths';
import { env } from '../env';
import { findPrograms } from './programs';
import { installScript } from './script';

export type InstallScript = { text: string; sha256: string };

/** Always the same for the same programs and console address. */
export async function makeInstallScript(): Promise<InstallScript> {
  const text = installScript({ url: consoleUrl(), ...(await findPrograms()) });
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** One line for a root shell, with a join token; with null it upgrades the agent of a node that has joined. */
export async function makeInstallCommand(): Promise<(token: string | null) => string> {
  const { sha256 } = await makeInstallScript();
  return (token) => installCommand({ url: consoleUrl(), sha256, token });
}

/**
 * The token is in the environment, which other users of the node cannot read, unlike arguments. A certificate need not be a known one, as when
 * joining: the checksum vouches for what was downloaded.
 */
export function installCommand(request: { url: string; sha256: string; token: string | null }): string {
  const { url, sha256, token } = request;
  const [curl, wget] = url.startsWith('https:')
    ? ['curl -fsSLk', 'wget --no-check-certificate -qO-']
    : ['curl -fsSL', 'wget -qO-'];
  const run = `${token === null ? '' : `${joinTokenVariable}=${token} `}sh "$f" && rm "$f"`;
  return [
    `u=${url}${api.agentInstall()}; f=$(mktemp); (${curl} $u || ${wget} $u) >"$f"`,
    `echo "${sha256}  $f" | sha256sum -c --quiet`,
    run,
  ].join(' && ');
}

const consoleUrl = () => new URL(env().CORRAL_URL).origin;
