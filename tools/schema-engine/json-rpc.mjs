// JSON-RPC over stdio, one message a line, as the Prisma CLI speaks it with the native engine.
import { createInterface } from 'node:readline';
import { loadEngine } from './engine.mjs';
import { panicMessage } from './panic.mjs';
import { dropLeftShadowDatabases } from './shadow-database.mjs';

/** The WebAssembly engine's names where they differ from the protocol's. */
const methodNames = { getDatabaseVersion: 'version' };
/** What the CLI expects as the code of a known error. */
const userFacingErrorCode = 4466;
let nextPrintId = 1_000_000;

export function serve(options) {
  let loading;
  let pendingCount = 0;
  let isClosed = false;

  const exitWhenDone = async () => {
    if (!isClosed || pendingCount > 0) return;
    await dropLeftShadowDatabases();
    process.exit(0);
  };
  const close = () => {
    isClosed = true;
    void exitWhenDone();
  };
  const handleLine = async (line) => {
    if (!line.trim()) return;
    const request = JSON.parse(line);
    if (!request.method) return; // the CLI's answer to a "print" of ours
    pendingCount++;
    loading ??= loadEngine(options);
    await answer(request, loading);
    pendingCount--;
    await exitWhenDone();
  };

  const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
  lines.on('line', (line) => void handleLine(line));
  lines.on('close', close);
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, close);
}

async function answer({ id, method, params }, loading) {
  let loaded;
  try {
    loaded = await loading;
    send({ id, result: await call(loaded.engine, method, params) });
  } catch (error) {
    send({ id, error: describeError(loaded ? loaded.findRealError(error) : error) });
  }
}

async function call(engine, method, params) {
  const name = methodNames[method] ?? method;
  if (typeof engine[name] !== 'function') {
    throw Object.assign(new Error(`Method ${method} is not offered by the WebAssembly engine`), {
      code: 'P0000',
    });
  }
  const result = (await engine[name](params)) ?? null;
  return method === 'diff' ? printDiff(result) : result;
}

/** The native engine prints a diff through the CLI instead of returning it. */
function printDiff(result) {
  if (result?.stdout == null) return result;
  send({ id: nextPrintId++, method: 'print', params: { content: result.stdout.replace(/\n$/, '') } });
  return { exitCode: result.exitCode };
}

function describeError(error) {
  const panic = panicMessage();
  const message = panic ? `Schema engine panicked: ${panic}` : (error?.message ?? String(error));
  return {
    code: userFacingErrorCode,
    message,
    data: { is_panic: false, message, error_code: panic ? undefined : error?.code, meta: null },
  };
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}
