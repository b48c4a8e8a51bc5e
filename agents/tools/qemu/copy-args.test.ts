import { expect, it } from 'vitest';
import { buildReceiverArgs, buildSenderArgs } from './copy-args';

const diskId = '8c9f4d2e-1111-4222-8333-444455556666';

it('receives into a device, past the page cache', () => {
  const inherited = { path: '/proc/self/fd/3', keyFolder: '/proc/self/fd/4' };
  const request = { diskId, isDevice: true, address: '10.77.0.2', ...inherited, folder: '/d/copy' };
  expect(buildReceiverArgs(request)).toEqual([
    'qemu-nbd',
    ...['--format=raw', '--cache=none', '--discard=ignore', '--shared=1'],
    ...['--bind=10.77.0.2', '--port=0', `--export-name=${diskId}`, '--description=/d/copy'],
    ...['--object', 'tls-creds-psk,id=copy,endpoint=server,dir=/proc/self/fd/4', '--tls-creds=copy'],
    '/proc/self/fd/3',
  ]);
});

it('sends a file to where the other node waits, without its key', () => {
  const door = { host: 'fd00::2', port: 40_001, key: 'ab'.repeat(32), sizeBytes: 4_096 };
  const args = buildSenderArgs({ diskId, isDevice: false, path: '/d/x.raw', door, folder: '/d/a,b' });
  expect(args).toEqual([
    ...['qemu-img', 'convert', '-n', '-p', '-f', 'raw', '-T', 'writeback', '-t', 'writeback', '--object'],
    'tls-creds-psk,id=copy,endpoint=client,username=corral,dir=/d/a,,b',
    ...['--target-image-opts', '/d/x.raw'],
    `driver=nbd,export=${diskId},tls-creds=copy,server.type=inet,server.host=fd00::2,server.port=40001`,
  ]);
  expect(args.join(' ')).not.toContain(door.key);
});
