// The image tool of a simulated node: files are kept as they are sent, and are taken to be what their first bytes say.
import { copyFile, open, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@/contract/errors';
import { judgeImage } from '@/contract/image-header';
import type { Faults } from '../simulated-faults';
import type { ImageTool } from '../tools/qemu-img/qemu-img';

const headBytes = 4_096;

export function createSimulatedImageTool(faults: Faults): ImageTool {
  return {
    version: async () => '1.0-simulated',
    owner: async () => null,
    async check(folder, file) {
      await faults.pass('image.check');
      const source = await open(join(folder, file), 'r');
      try {
        const { size } = await source.stat();
        const { buffer, bytesRead } = await source.read(Buffer.alloc(headBytes), 0, headBytes, 0);
        const verdict = judgeImage({ format: 'qcow2', head: buffer.subarray(0, bytesRead), bytes: size });
        if ('refused' in verdict) throw new AppError('invalid', `The image ${verdict.refused}`);
        return { virtualBytes: verdict.virtualBytes, usedBytes: size };
      } finally {
        await source.close();
      }
    },
    async normalise({ folder, from, to, virtualBytes }, report) {
      await copyFile(join(folder, from), join(folder, to));
      await truncate(join(folder, to), virtualBytes);
      report.progress(1);
    },
    async write(_files, report) {
      report.progress(1);
    },
    async save({ to }, report) {
      await writeFile(to, 'what a simulated disk holds');
      report.progress(1);
      return 'raw';
    },
  };
}
