// Disk images for scenarios: small raw ones.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { SimulatedCluster } from '../../agents/testing/simulated-cluster';
import { createImageStore, type ImageStore } from '../../images/image-store';

/** That of the test and that of an engine in another process are the same. */
export function openTestImages({ imageFolder }: Pick<SimulatedCluster, 'imageFolder'>): ImageStore {
  return createImageStore({ folder: imageFolder, allowsPrivate: true });
}

/** Serves the content at the URL that it answers, for as long as the process lives. */
export async function serveFile(content: Buffer): Promise<string> {
  const server = createServer((_, response) => void response.end(content));
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return `http://127.0.0.1:${address.port}/debian.raw`;
}

export function makeImageFile(): Buffer {
  const content = Buffer.alloc(1024 * 1024);
  content.write('a boot sector');
  return content;
}

type Waiting = { id: string; place: { clusterId: string }; url: string | null; content: Buffer };

/** As accepting it writes it down: to be downloaded, or uploaded already. */
export function waitingImage({ id, place, url, content }: Waiting) {
  return {
    ...{ id, clusterId: place.clusterId, name: 'debian', format: 'raw', state: 'fetching', url },
    source: url === null ? 'upload' : 'url',
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content.length,
  };
}
