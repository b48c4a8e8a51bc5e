import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toErrorBody } from '@/contract/errors';
import type { ImageCreate } from '@/contract/schemas/image';
import { createImageStore, type ImageStore } from '../images/image-store';
import { getCreateOptions } from './create-options';
import { uploadChunk } from './image-upload';
import { saveImage } from './image-save';
import { createImage, getImage, removeImage, updateImage } from './images';
import { createInstance } from './instance-create';
import { factsOf, makeInstance, openWorld, type World, wishFor } from './testing/console-world';

let world: World;
let folder: string;
let store: ImageStore;
const images = () => store;
const imaging = { kind: 'image', state: 'ready', detail: null } as const;

beforeAll(async () => {
  world = await openWorld();
  folder = await mkdtemp(path.join(tmpdir(), 'corral-images-'));
  store = createImageStore({ folder });
  const facts = factsOf('rhino7');
  await world.db.node.update({
    where: { id: world.nodeId },
    data: { facts: { ...facts, oses: [...facts.oses, imaging] } },
  });
});
afterAll(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const refusal = async (work: Promise<unknown>) =>
  toErrorBody(
    await work.then(
      () => null,
      (error: unknown) => error,
    ),
  );

const head = Buffer.alloc(200_000, 'boot');
function add(wish: Partial<ImageCreate> = {}) {
  const source = { kind: 'upload', bytes: head.length } as const;
  const name = `image ${randomUUID().slice(0, 8)}`;
  const whole: ImageCreate = { name, format: 'raw', isPublic: false, source, ...wish };
  return createImage(world.operator.ctx, { id: world.clusterId, ...whole }, images);
}
const upload = (id: string, offset: number, data: Uint8Array) =>
  uploadChunk(world.operator.ctx, { id, offset, data }, images);
const jobsOf = (targetId: string) => world.db.job.findMany({ where: { targetId } });

async function addReady(wish: Partial<ImageCreate> = {}) {
  const { id, name } = await add(wish);
  await world.db.image.update({ where: { id }, data: { state: 'ready', virtualBytes: 100 * 1024 ** 2 } });
  return { id, name };
}

describe('adding an image', () => {
  it('from a URL begins with a job', async () => {
    const source = { kind: 'url', url: 'https://example.org/a.qcow2', sha256: 'a'.repeat(64) } as const;
    const image = await add({ source });
    expect(image).toMatchObject({ state: 'fetching', source: 'url', job: { operation: 'image.fetch' } });
    expect(await jobsOf(image.id)).toMatchObject([{ params: { imageId: image.id, download: true } }]);
  });

  it('by an upload begins with its content, and goes on with a job when that is whole', async () => {
    const { id } = await add();
    expect(await upload(id, 0, head.subarray(0, 150_000))).toMatchObject({
      ...{ state: 'uploading', receivedBytes: 150_000, job: null },
    });
    expect(await refusal(upload(id, 0, head.subarray(0, 10)))).toMatchObject({
      ...{ code: 'wrong_state', details: { receivedBytes: 150_000 } },
    });
    expect(await upload(id, 150_000, head.subarray(150_000))).toMatchObject({ state: 'fetching' });
    expect(await jobsOf(id)).toMatchObject([{ params: { imageId: id, download: false } }]);
    expect(await refusal(upload(id, head.length, new Uint8Array()))).toMatchObject({ code: 'wrong_state' });
  });

  it('refuses more than was announced, and at once what it is not', async () => {
    const { id } = await add();
    const more = Buffer.alloc(head.length + 1);
    expect(await refusal(upload(id, 0, more))).toMatchObject({ code: 'invalid' });
    const page = Buffer.alloc(head.length);
    page.write('<!DOCTYPE html>');
    expect(await refusal(upload(id, 0, page))).toMatchObject({ code: 'invalid' });
    expect(await getImage(world.operator.ctx, { id })).toMatchObject({
      ...{ state: 'failed', problem: 'The image is not a raw image, but a web page' },
    });
    expect(await store.size(id)).toBe(0);
  });

  it('refuses a name twice, and what would fill the disk of the database', async () => {
    const { name } = await add();
    expect(await refusal(add({ name }))).toMatchObject({ code: 'already_exists' });
    const full = createImageStore({ folder, readSpace: async () => ({ bsize: 4_096, bavail: 1 }) });
    const source = { kind: 'upload', bytes: 5_000 } as const;
    const wish = { id: world.clusterId, name: 'large', format: 'raw', isPublic: false, source } as const;
    expect(await refusal(createImage(world.operator.ctx, wish, () => full))).toMatchObject({
      code: 'no_resources',
    });
  });

  it('is for operators', async () => {
    const { alice, clusterId } = world;
    const source = { kind: 'upload', bytes: 5 } as const;
    const wish = { id: clusterId, name: 'mine', format: 'raw', isPublic: true, source } as const;
    expect(await refusal(createImage(alice.ctx, wish, images))).toMatchObject({ code: 'forbidden' });
    const { id } = await add();
    for (const ask of [getImage, removeImage])
      expect(await refusal(ask(alice.ctx, { id }))).toMatchObject({ code: 'forbidden' });
  });
});

describe('an image that is ready', () => {
  const offered = async (ctx: World['alice']['ctx']) =>
    (await getCreateOptions(ctx, {})).clusters.flatMap((cluster) => cluster.images.map(({ id }) => id));

  it('is offered to customers once it is public', async () => {
    const { alice, operator } = world;
    const { id } = await addReady();
    expect(await offered(operator.ctx)).toContain(id);
    expect(await offered(alice.ctx)).not.toContain(id);
    await updateImage(operator.ctx, { id, isPublic: true });
    expect(await offered(alice.ctx)).toContain(id);
  });

  it('is what an instance is made from, with its name written down', async () => {
    const { alice, clusterId, db } = world;
    const { id, name } = await addReady({ isPublic: true });
    const os = { kind: 'image', imageId: id, name: 'another name' } as const;
    const wish = wishFor(clusterId, { name: 'copy1', os, disks: [{ sizeMiB: 100 }] });
    const { instanceId, jobId } = await createInstance(alice.ctx, wish);
    const instance = await db.instance.findUniqueOrThrow({ where: { id: instanceId } });
    expect(instance.os).toEqual({ kind: 'image', imageId: id, name });
    expect(await db.job.findUnique({ where: { id: jobId } })).toMatchObject({ params: { imageId: id } });
    expect(await getImage(world.operator.ctx, { id })).toMatchObject({
      usedBy: { total: 1, names: ['copy1'] },
    });
  });

  it('needs a disk that it fits on', async () => {
    const { alice, clusterId } = world;
    const { id, name } = await addReady({ isPublic: true });
    const os = { kind: 'image', imageId: id } as const;
    const wish = wishFor(clusterId, { name: 'small1', os, disks: [{ sizeMiB: 99 }] });
    const message = `${name} needs a first disk of at least 100 MiB, this one has 99 MiB.`;
    expect(await refusal(createInstance(alice.ctx, wish))).toMatchObject({
      details: { issues: [{ path: ['disks', 0, 'sizeMiB'], message }] },
    });
  });

  it('is not there for customers while it is not public, nor on another cluster', async () => {
    const { alice, clusterId } = world;
    const { id } = await addReady();
    const ask = (imageId: string) =>
      refusal(
        createInstance(alice.ctx, wishFor(clusterId, { name: 'none1', os: { kind: 'image', imageId } })),
      );
    expect(await ask(id)).toEqual(await ask(randomUUID()));
    expect(await ask(id)).toMatchObject({ code: 'invalid' });
  });

  it('is removed by a job, whatever was made from it', async () => {
    const { db, operator, clusterId, nodeId } = world;
    const { id } = await addReady();
    const ownerId = operator.actor.userId;
    const instanceId = await makeInstance(db, { clusterId, nodeId, ownerId, status: 'stopped' });
    await db.instance.update({ where: { id: instanceId }, data: { os: { kind: 'image', imageId: id } } });
    const { jobId } = await removeImage(operator.ctx, { id });
    expect(await db.job.findUnique({ where: { id: jobId } })).toMatchObject({
      ...{ operation: 'image.remove', params: { imageId: id, clusterId, before: 'ready' } },
    });
    expect(await getImage(operator.ctx, { id })).toMatchObject({ state: 'removing' });
    expect(await refusal(removeImage(operator.ctx, { id }))).toMatchObject({ code: 'busy' });
  });
});

describe('saving an instance as an image', () => {
  const make = (more: object = {}) => {
    const { db, clusterId, nodeId, operator } = world;
    const ownerId = operator.actor.userId;
    return makeInstance(db, { clusterId, nodeId, ownerId, status: 'stopped', ...more });
  };
  const save = (id: string, name: string, { ctx } = world.operator) =>
    saveImage(ctx, { id, name, isPublic: true });

  it('writes the image down and hands the work to a job that holds the instance', async () => {
    const { db, operator, clusterId } = world;
    const instanceId = await make();
    const { jobId } = await save(instanceId, 'golden');
    const image = await db.image.findFirstOrThrow({ where: { clusterId, name: 'golden' } });
    expect(await getImage(operator.ctx, { id: image.id })).toMatchObject({
      ...{ state: 'fetching', source: 'instance', isPublic: true, bytes: null, sha256: null },
    });
    expect(await db.job.findUnique({ where: { id: jobId } })).toMatchObject({
      ...{ operation: 'instance.saveImage', targetId: instanceId, params: { instanceId, imageId: image.id } },
    });
    expect(await refusal(save(instanceId, 'golden2'))).toMatchObject({ code: 'busy' });
    const { name } = await db.image.update({ where: { id: image.id }, data: { state: 'ready' } });
    expect(await refusal(save(await make(), name))).toMatchObject({
      ...{ code: 'already_exists', details: { issues: [{ path: ['name'] }] } },
    });
  });

  it('is for operators, and of what is stopped and has a disk', async () => {
    const { alice, db } = world;
    const mine = await make({ ownerId: alice.actor.userId });
    expect(await refusal(save(mine, 'mine', alice))).toMatchObject({ code: 'forbidden' });
    const running = await make({ status: 'running' });
    expect(await refusal(save(running, 'running'))).toMatchObject({ code: 'wrong_state' });
    const diskless = await make();
    await db.disk.deleteMany({ where: { instanceId: diskless } });
    expect(await refusal(save(diskless, 'diskless'))).toMatchObject({
      ...{ code: 'wrong_state', message: expect.stringContaining('nothing to save') },
    });
    expect(await db.image.count({ where: { name: { in: ['mine', 'running', 'diskless'] } } })).toBe(0);
  });

  it('by scripts makes an image for nodes that have these scripts', async () => {
    const { alice, clusterId, db, nodeId } = world;
    const { id, name } = await addReady({ isPublic: true });
    const script = { kind: 'script', name: 'debootstrap', variant: null, params: {} } as const;
    await db.image.update({ where: { id }, data: { format: 'script', script } });
    const os = { kind: 'image', imageId: id } as const;
    const ask = (more: object) =>
      createInstance(
        alice.ctx,
        wishFor(clusterId, { name: 'imported1', os, disks: [{ sizeMiB: 100 }], ...more }),
      );
    expect(await refusal(ask({}))).toMatchObject({
      details: { issues: [{ message: 'No node that is online can install debootstrap.' }] },
    });
    const { facts } = await db.node.findUniqueOrThrow({ where: { id: nodeId } });
    const scripts = [{ name: 'debootstrap', variants: [], parameters: [], problem: null }];
    await db.node.update({
      where: { id: nodeId },
      data: { facts: { ...factsOf('rhino7'), ...Object(facts), scripts } },
    });
    const { instanceId, jobId } = await ask({});
    const instance = await db.instance.findUniqueOrThrow({ where: { id: instanceId } });
    expect(instance.os).toEqual({ kind: 'image', imageId: id, name, script });
    expect(await db.job.findUnique({ where: { id: jobId } })).toMatchObject({
      params: { imageId: id, isScripted: true },
    });
  });
});
