// Runs dist/bootstrap.mjs once per start: it makes the first operator and either a token with which the local agent joins, or, where it has
// joined, notes the port it listens on now.
import { spawn } from 'node:child_process';
import { z } from 'zod';

const BootstrapResult = z.object({ setPasswordUrl: z.string().nullable(), joinToken: z.string().nullable() });
export type BootstrapResult = z.infer<typeof BootstrapResult>;

export type BootstrapOptions = {
  script: string;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** null: this product runs no agent. */
  localAgent: { nodeId: string | null; address: string } | null;
  signal: AbortSignal;
};

export async function runBootstrap(options: BootstrapOptions): Promise<BootstrapResult> {
  const { exitCode, stdout, stderr } = await capture(options);
  if (exitCode !== 0) {
    throw new Error(`Preparing the database failed: ${lastLine(stderr) ?? `exit code ${exitCode}`}`);
  }
  try {
    return BootstrapResult.parse(JSON.parse(lastLine(stdout) ?? ''));
  } catch (cause) {
    throw new Error('Preparing the database gave an answer that cannot be read', { cause });
  }
}

function capture({ script, env, cwd, localAgent, signal }: BootstrapOptions) {
  const args = [script, ...(localAgent ? argumentsFor(localAgent) : [])];
  return new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

function argumentsFor({ nodeId, address }: NonNullable<BootstrapOptions['localAgent']>): string[] {
  return nodeId ? ['--local-node', nodeId, '--local-address', address] : ['--join-token'];
}

function lastLine(text: string): string | undefined {
  return text.trim().split('\n').at(-1) || undefined;
}
