// A watcher's loop: works, waits, works again, and goes on after an error. It takes no input, so missing a round or doing one twice is harmless.
import { log } from '../log';

export type Watcher = { close: () => void };

export function every({
  name,
  intervalMs,
  work,
}: {
  name: string;
  intervalMs: number;
  work: () => Promise<void>;
}): Watcher {
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const round = async () => {
    try {
      await work();
    } catch (error) {
      if (!closed) log.error({ error }, `Watcher ${name} failed`);
    }
    if (!closed) timer = setTimeout(() => void round(), intervalMs);
  };
  void round();
  return {
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}
