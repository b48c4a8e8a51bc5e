// Runs a program to its end and keeps its output, which is only worth seeing when it fails.
import { spawn } from 'node:child_process';
import { SetupError } from './report.mjs';

const tailLines = 40;

/**
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<{ exitCode: number | null, output: string }>}
 */
export function runCommand(program, args, { cwd, env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ exitCode: null, output: `${output}${error.message}` }));
    child.on('close', (exitCode) => resolve({ exitCode, output }));
  });
}

/** As runCommand, but a failure is an error that shows the end of the output. */
export async function mustRun(program, args, options) {
  const { exitCode, output } = await runCommand(program, args, options);
  if (exitCode === 0) return output;
  const tail = output.trimEnd().split('\n').slice(-tailLines).join('\n');
  throw new SetupError(`"${[program, ...args].join(' ')}" failed (exit code ${exitCode}):\n${tail}`);
}
