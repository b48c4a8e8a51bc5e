// A guest that proves that its data is whole: it writes line after line to its disk, and tells each on its serial line only once it is synced.
import { createHash } from 'node:crypto';
import { openSerial, type Serial, signInTiny } from '@/e2e/serial';
import type { Rest } from '@/e2e/rest';

export type Witness = {
  /** Begins or goes on to write. */
  write(): Promise<void>;
  /** After a boot that its line has outlived. */
  signIn(): Promise<void>;
  /** Resolves once it has told of more lines than it had told of. Opens its serial line anew where that was closed. */
  goesOn(): Promise<void>;
  /** Ends the writing and reads all: throws unless every line that was ever told of is there, and right, and the kernel saw no error of a disk. */
  check(): Promise<void>;
  /** Changes with every boot of the guest. */
  bootId(): Promise<string>;
  run(command: string): Promise<string>;
  close(): void;
};

const journal = '/root/journal';
const hashOf = (line: number) => createHash('sha256').update(`${line}\n`).digest('hex').slice(0, 16);
const writer = `(n=$(wc -l < ${journal}); while :; do n=$((n+1)); h=$(echo $n | sha256sum | head -c 16); echo $n $h >> ${journal}; sync; echo wrote $n.; sleep 0.3; done) &`;

/** Signs in, also where the guest is only just starting. */
export async function openWitness(rest: Rest, instanceId: string): Promise<Witness> {
  let told = 0;
  let serial = await open();
  async function open(): Promise<Serial> {
    const opened = await openSerial(rest, instanceId);
    await signInTiny(opened);
    return opened;
  }
  const line = async () => {
    if (!serial.isOpen()) serial = await open();
    return serial;
  };
  const listen = ({ text }: Serial) => {
    for (const [, number] of text().matchAll(/wrote (\d+)\./g)) told = Math.max(told, Number(number));
    return told;
  };
  const goesOn = async () => {
    const open = await line();
    const before = listen(open);
    await open.until(new RegExp(`wrote (?!${before}\\.)\\d+\\.`), open.text().length);
    listen(open);
  };
  const run = async (command: string) => (await line()).run(command);
  return {
    goesOn,
    run,
    async signIn() {
      serial.close();
      serial = await open();
    },
    async write() {
      await run(`touch ${journal}`);
      (await line()).type(writer);
      await goesOn();
    },
    async check() {
      const open = await line();
      listen(open);
      await open.run('kill %1 2>/dev/null; wait');
      const lines = (await open.run(`cat ${journal}`))
        .split(/\r?\n/)
        .filter((text) => /^\d+ \w+$/.test(text));
      for (let number = 1; number <= told; number += 1)
        if (lines[number - 1] !== `${number} ${hashOf(number)}`)
          throw new Error(`Line ${number} of ${told} that were told as written is "${lines[number - 1]}"`);
      const errors = await open.run('dmesg | grep -iE "i/o error|ext4-fs (error|warning)" | head -n 3');
      if (errors) throw new Error(`The guest's kernel saw: ${errors}`);
    },
    async bootId() {
      const shown = await run('cat /proc/sys/kernel/random/boot_id');
      return /[0-9a-f-]{36}/.exec(shown)?.[0] ?? shown;
    },
    close: () => serial.close(),
  };
}
