// What is on the CD is read back by a small reader of its own, through both of its trees.
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { defineSimulated } from '../testing/definitions';
import { makeTempFolder } from '../testing/temp-folder';
import { makeCd } from './iso9660';
import { seedFiles } from './seed-files';
import { writeSeedCd } from './seed-cd';

const sector = 2_048;
const key = `ssh-ed25519 ${'A'.repeat(68)} alice@home`;
const userData = '#cloud-config\npackages: [htop]\n# ä\n';
const seed = { userData, sshKeys: [key] };
const base = defineSimulated('web1', { seed });
const [nic] = base.nics;
if (!nic) throw new Error('It has a NIC');
const definition = { ...base, seed, nics: [{ ...nic, index: 1, mac: '02:00:00:00:00:02' }, nic] };

/** By the descriptor of this type: 1 is plain ISO 9660, 2 is Joliet. */
function readCd(cd: Buffer, type: 1 | 2) {
  const at = [16, 17, 18].map((number) => number * sector).find((from) => cd[from] === type);
  if (at === undefined) throw new Error(`No descriptor of type ${type}`);
  expect(cd.toString('latin1', at + 1, at + 6)).toBe('CD001');
  const decode = (name: Buffer) =>
    type === 1 ? name.toString('latin1') : Buffer.from(name).swap16().toString('utf16le');
  const root = cd.readUInt32LE(at + 156 + 2) * sector;
  const end = root + cd.readUInt32LE(at + 156 + 10);
  const files: Record<string, string> = {};
  for (let from = root; from < end && cd[from] !== 0; from += cd[from] ?? 0) {
    expect(cd.readUInt32LE(from + 2)).toBe(cd.readUInt32BE(from + 6));
    const name = cd.subarray(from + 33, from + 33 + (cd[from + 32] ?? 0));
    const start = cd.readUInt32LE(from + 2) * sector;
    if (((cd[from + 25] ?? 0) & 2) === 0)
      files[decode(name)] = cd.toString('utf8', start, start + cd.readUInt32LE(from + 10));
  }
  const pathTable = cd.readUInt32LE(at + 140) * sector;
  expect(cd.readUInt32LE(pathTable + 2) * sector).toBe(root);
  return { label: decode(cd.subarray(at + 40, at + 72)).trim(), sectors: cd.readUInt32LE(at + 80), files };
}

it('is a CD that cloud-init knows by its label, with its files under their names', () => {
  const cd = makeCd({ label: 'cidata', files: seedFiles(definition) });
  const { label, files, sectors } = readCd(cd, 2);
  expect([label, sectors * sector]).toEqual(['cidata', cd.length]);
  expect(Object.keys(files)).toEqual(['meta-data', 'network-config', 'user-data']);
  expect(files['user-data']).toBe(userData);
  expect(JSON.parse(files['meta-data'] ?? '')).toEqual({
    'instance-id': expect.stringMatching(`^${definition.id}-[0-9a-f]{12}$`),
    'local-hostname': 'web1',
    'public-keys': [key],
  });
  expect(JSON.parse(files['network-config'] ?? '')).toEqual({
    version: 2,
    ethernets: {
      nic0: { match: { macaddress: '02:00:00:00:00:01' }, dhcp4: true },
      nic1: { match: { macaddress: '02:00:00:00:00:02' }, dhcp4: true },
    },
  });
});

it('has the same files for those who read ISO 9660 alone', () => {
  const cd = makeCd({ label: 'cidata', files: seedFiles(definition) });
  const { label, files } = readCd(cd, 1);
  expect(label).toBe('cidata');
  expect(Object.keys(files)).toEqual(['META-DATA.;1', 'NETWORK-CONFIG.;1', 'USER-DATA.;1']);
  expect(files['USER-DATA.;1']).toBe(userData);
});

it('holds the largest user data, and something where there are none', () => {
  const large = { userData: `#${'x'.repeat(16_383)}`, sshKeys: [] };
  const cd = makeCd({ label: 'cidata', files: seedFiles({ ...definition, seed: large }) });
  expect(readCd(cd, 2).files['user-data']).toBe(large.userData);
  const empty = makeCd({
    label: 'cidata',
    files: seedFiles({ ...definition, seed: { userData: '', sshKeys: [] } }),
  });
  expect(readCd(empty, 2).files['user-data']).toMatch(/^#cloud-config\n/);
});

it('is the same CD for the same seed, and another instance to cloud-init for another one', () => {
  const idOf = (sshKeys: string[]) => {
    const cd = makeCd({ label: 'cidata', files: seedFiles({ ...definition, seed: { ...seed, sshKeys } }) });
    return readCd(cd, 2).files['meta-data']?.match(/"instance-id": "(.*)"/)?.[1];
  };
  const twice = [1, 2].map(() => makeCd({ label: 'cidata', files: seedFiles(definition) }));
  expect(twice[0]?.equals(twice[1] ?? Buffer.alloc(0))).toBe(true);
  expect(idOf([])).not.toBe(idOf([key]));
});

it('is for nobody else to read, and goes when the seed does', async () => {
  const dataDir = await makeTempFolder();
  const cd = await writeSeedCd(dataDir, definition);
  expect(cd).toEqual({ iso: 'seed', path: path.join(dataDir, 'instances', definition.id, 'seed.iso') });
  expect((await stat(cd?.path ?? '')).mode & 0o777).toBe(0o600);
  expect(readCd(await readFile(cd?.path ?? ''), 2).label).toBe('cidata');
  expect(await writeSeedCd(dataDir, { ...definition, seed: null })).toBeNull();
  await expect(stat(cd?.path ?? '')).rejects.toMatchObject({ code: 'ENOENT' });
});
