// Makes the plain file of an image out of what was sent: compared, judged by its first bytes, and of a qcow2 image checked and converted.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, chown, open, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ImageRef } from '@/contract/agent-image-calls';
import { AppError } from '@/contract/errors';
import { judgeImage } from '@/contract/image-header';
import { imageLimits } from '@/contract/schemas/image';
import { makeFolder } from '../durable-file';
import { ifMissing } from '../missing-file';
import type { Report } from '../storage/block-device';
import type { ImageTool } from '../tools/qemu-img/qemu-img';

export const sectorBytes = 512;

export type Finishing = {
  /** What was sent; it may be moved. */
  sent: string;
  /** A folder of its own for the work. */
  work: string;
  image: ImageRef;
  tool: ImageTool;
  requireRoom: (bytes: number) => Promise<void>;
  report: Report;
};

/**
 * Answers where the plain file lies, on the disk for good. Length, checksum, and of a disk image what its first bytes say: a node takes nobody's
 * word for it. What a script exported stays as it is, to the byte.
 */
export async function makePlain(finishing: Finishing): Promise<string> {
  await requireSame(finishing);
  const { sent, image } = finishing;
  if (image.format === 'qcow2') return finishQcow2(finishing);
  if (image.format === 'raw') return finishRaw(sent);
  await syncFile(sent);
  return sent;
}

async function finishRaw(sent: string): Promise<string> {
  const { size } = await stat(sent);
  await truncate(sent, Math.ceil(size / sectorBytes) * sectorBytes);
  await syncFile(sent);
  return sent;
}

async function finishQcow2({ sent, work, tool, requireRoom, report }: Finishing): Promise<string> {
  const [source, plain] = [join(work, 'source'), join(work, 'plain')];
  await rm(work, { recursive: true, force: true });
  await makeFolder(work);
  await rename(sent, source);
  await (await open(plain, 'wx', 0o600)).close();
  const owner = await tool.owner();
  if (owner) for (const path of [source, plain, work]) await chown(path, owner.uid, owner.gid);
  const { virtualBytes, usedBytes } = await tool.check(work, 'source', report);
  if (virtualBytes > imageLimits.virtualBytes)
    throw new AppError('invalid', 'The image describes a disk that is too large');
  await requireRoom(usedBytes);
  report.log('Making a plain file of the image');
  await tool.normalise({ folder: work, from: 'source', to: 'plain', virtualBytes }, report);
  // Nobody but the agent may change it from here on.
  await chown(plain, process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  await chmod(plain, 0o600);
  await syncFile(plain);
  return plain;
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  await file.sync().finally(() => file.close());
}

async function requireSame({ sent, image: { format, sha256, bytes }, report }: Finishing): Promise<void> {
  const size = (await stat(sent).catch(ifMissing(null)))?.size ?? 0;
  if (size !== bytes)
    throw new AppError('wrong_state', `Only ${size} of ${bytes} bytes of the image are here`);
  const hash = createHash('sha256');
  await pipeline(createReadStream(sent), hash, { signal: report.signal });
  const found = hash.digest('hex');
  if (found !== sha256)
    throw new AppError('invalid', `The image has the checksum ${found} instead of ${sha256}`, {
      details: { found, sha256 },
    });
  if (format === 'script') return;
  const verdict = judgeImage({ format, head: await readHead(sent), bytes });
  if ('refused' in verdict) throw new AppError('invalid', `The image ${verdict.refused}`);
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const most = imageLimits.headBytes;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(most), 0, most, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
