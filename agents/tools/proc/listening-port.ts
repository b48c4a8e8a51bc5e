// Where a process that was told to listen on any port does so: the kernel's table of sockets, and which of them the process has open.
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ifMissing } from '../../missing-file';

/** Of its TCP sockets; null while it listens on none, and where it has ended. */
export async function findListeningPort(pid: number): Promise<number | null> {
  const own = await listSockets(pid);
  if (own.size === 0) return null;
  const tables = ['tcp', 'tcp6'].map((table) =>
    readFile(join('/proc', String(pid), 'net', table), 'utf8').catch(ifMissing('')),
  );
  const listening = parseListening((await Promise.all(tables)).join('\n'));
  return listening.find(({ inode }) => own.has(inode))?.port ?? null;
}

/** Rows of /proc/net/tcp and tcp6 whose sockets listen. */
export function parseListening(tables: string): { port: number; inode: string }[] {
  return tables.split('\n').flatMap((row) => {
    const [, local = '', , state, , , , , , inode] = row.trim().split(/\s+/);
    const [, port] = /:([0-9A-F]{4})$/.exec(local) ?? [];
    return state === '0A' && port && inode ? [{ port: parseInt(port, 16), inode }] : [];
  });
}

async function listSockets(pid: number): Promise<Set<string>> {
  const folder = join('/proc', String(pid), 'fd');
  const fds = await readdir(folder).catch(ifMissing<string[]>([]));
  const links = await Promise.all(fds.map((fd) => readlink(join(folder, fd)).catch(() => '')));
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}
