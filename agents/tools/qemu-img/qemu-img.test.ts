import { expect, it } from 'vitest';
import { buildCheckArgs, buildInfoArgs, buildNormaliseArgs, buildWriteArgs, confine } from './args';
import { parseInfo, parseMeasure, parseProgress } from './parse';

it('tells the format and takes no file for an option or a protocol', () => {
  expect(buildInfoArgs('source')).toEqual(['qemu-img', 'info', '--output=json', '-f', 'qcow2', './source']);
  expect(buildCheckArgs('source')).toEqual(['qemu-img', 'check', '-f', 'qcow2', './source']);
  expect(buildNormaliseArgs('source', 'plain').slice(1)).toEqual([
    ...['convert', '-p', '-f', 'qcow2', '-O', 'raw', './source', './plain'],
  ]);
});

it('writes onto a disk whose path has a comma in it, without giving up its space', () => {
  expect(buildWriteArgs('/a.raw', { path: '/dev/x,y', isDevice: true })).toEqual([
    ...['flock', '--no-fork', '/dev/x,y', 'qemu-img', 'convert', '-p', '-n', '-f', 'raw', '/a.raw'],
    '--target-image-opts',
    'driver=raw,discard=ignore,file.driver=host_device,file.filename=/dev/x,,y,file.discard=ignore',
  ]);
});

it('limits what a program may use, and gives up rights and network where it has them', () => {
  const limits = { memoryMiB: 1, cpuS: 2, fileBytes: 3 };
  const prlimit = ['prlimit', '--as=1048576', '--cpu=2', '--fsize=3', '--core=0', '--nofile=64', 'true'];
  expect(confine(['true'], { ...limits, user: null })).toEqual(prlimit);
  expect(confine(['true'], { ...limits, user: { uid: 7, gid: 8 } })).toEqual([
    ...['unshare', '--net', 'setpriv', '--reuid=7', '--regid=8', '--clear-groups', '--no-new-privs'],
    ...prlimit,
  ]);
});

it('reads what qemu-img says', () => {
  const info = { format: 'qcow2', 'virtual-size': 1_024 };
  const read = (more: object) => parseInfo(JSON.stringify({ ...info, ...more })).whyNot;
  expect(parseInfo(JSON.stringify(info))).toEqual({ virtualBytes: 1_024, whyNot: null });
  expect(read({ 'backing-filename': 'x' })).toBe('has a backing file');
  expect(read({ 'format-specific': { data: { 'data-file': 'x' } } })).toBe('keeps its data in another file');
  expect(read({ encrypted: true })).toBe('is encrypted');
  expect(read({ format: 'raw' })).toBe('is not a qcow2 image, but raw');
  expect(parseMeasure('{"required": 65536, "fully-allocated": 131072}')).toBe(65_536);
  expect(() => parseMeasure('no')).toThrow('no JSON');
});

it('follows how far a conversion has got', () => {
  expect(parseProgress('    (12.50/100%)')).toBe(0.125);
  expect(parseProgress('    (100.00/100%)')).toBe(1);
  expect(parseProgress('qemu-img: error while writing')).toBeNull();
});
