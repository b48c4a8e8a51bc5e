// How a process of the control plane ends: once, on SIGTERM, SIGINT or when the supervisor is gone, within a bound.
const boundMs = 8_000;

/** Runs `close` at the first sign to end, then exits with 0; a close that hangs is cut off. */
export function onProcessEnd(close: () => Promise<void>): void {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(0), boundMs).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`Closing failed: ${String(error)}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('disconnect', end);
}

/** Ends the process with one clear line: for what cannot be gone on with. */
export function dieWith(message: string): never {
  console.error(message);
  process.exit(1);
}
