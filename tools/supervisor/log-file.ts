// A program's log on disk, bounded: when it grows past its limit it becomes the one older file that is kept.
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

const maxBytes = 10 * 1024 * 1024;

export class LogFile {
  readonly file: string;
  private sizeBytes: number;

  constructor(
    folder: string,
    name: string,
    private readonly limitBytes = maxBytes,
  ) {
    mkdirSync(folder, { recursive: true, mode: 0o750 });
    this.file = path.join(folder, `${name}.log`);
    this.sizeBytes = statSync(this.file, { throwIfNoEntry: false })?.size ?? 0;
  }

  write(line: string): void {
    const text = `${line}\n`;
    if (this.sizeBytes > 0 && this.sizeBytes + text.length > this.limitBytes) {
      renameSync(this.file, `${this.file}.1`);
      this.sizeBytes = 0;
    }
    try {
      appendFileSync(this.file, text, { mode: 0o640 });
    } catch {
      return; // a full disk must not end the programs that it is the log of
    }
    this.sizeBytes += Buffer.byteLength(text);
  }
}
