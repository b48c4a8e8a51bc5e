// From a change of state on a node to the word in an open page. The node itself stamps the change, in this very process; the page's clock is
// the same machine's, and a MutationObserver in the page notes when a row's state first reads differently.
import { z } from 'zod';
import { pages } from '@/contract/paths';
import { createInstance, operator, removeInstance, type Bed } from '../bed';
import { openSignedIn } from '../browser-page';
import type { Figure } from '../figure';
import { byHand, type Fleet } from '../fleet';
import { ms, percentile } from '../stats';

const instances = 10;
const rounds = 15;
const Seen = z.array(z.object({ name: z.string(), state: z.string(), at: z.number() }));
type Seen = z.infer<typeof Seen>;

export const livePage: Figure = {
  name: 'live-page',
  measure: async ({ bed, fleet }) => {
    const took = await watchChanges(bed, await fleet(1));
    const p99 = percentile(took, 99);
    return [
      {
        what: `state change at the agent -> visible in an open page (${took.length} changes, ${instances} at a time)`,
        goal: 'p99 <= 1 s',
        measured: `p50 ${ms(percentile(took, 50))}, p99 ${ms(p99)}`,
        reached: p99 <= 1000,
      },
    ];
  },
};

async function watchChanges(bed: Bed, fleet: Fleet): Promise<number[]> {
  const names = Array.from({ length: instances }, (_, n) => `live-${n}`);
  const made = await Promise.all(
    names.map(async (name) => ({ name, id: (await createInstance(bed, shape(name, fleet))).id })),
  );
  const browser = await openSignedIn(bed.product.url, operator);
  const { page } = await browser.newPage();
  await page.goto(bed.product.url + pages.instances());
  await page.waitForFunction(areAllRunning, instances);
  await page.evaluate(noteChanges);
  const changes: Seen = [];
  fleet.onChange(({ name, operState, since }) => {
    // Ended without a job's asking, so the page calls it so.
    const state = operState === 'running' ? 'Running' : 'Down unasked';
    changes.push({ name, state, at: Date.parse(since) });
  });
  // On the node itself: no job knows of these changes, so that only what the node reports can lead to the page.
  const handlers = fleet.nodes[0]?.handlers;
  for (let round = 1; round <= rounds; round++) {
    const stop = { force: true, timeoutMs: 0 };
    await Promise.all(made.map(({ id }) => handlers?.['instance.stop']({ instanceId: id, ...stop }, byHand)));
    await page.waitForFunction(seenSoMany, (2 * round - 1) * instances);
    await Promise.all(made.map(({ id }) => handlers?.['instance.start']({ instanceId: id }, byHand)));
    await page.waitForFunction(seenSoMany, 2 * round * instances);
  }
  const seen = Seen.parse(await page.evaluate(() => Reflect.get(window, 'seen')));
  await browser.close();
  for (const { id, name } of made) await removeInstance(bed, { id, name });
  return pair(changes, seen);
}

/** Each change with the first sight of the same state of the same instance after it. */
function pair(changes: Seen, seen: Seen): number[] {
  const left = [...seen];
  return changes.slice(0, 2 * rounds * instances).map(({ name, state, at }) => {
    const index = left.findIndex((one) => one.name === name && one.state === state);
    if (index < 0) throw new Error(`The page never showed ${name} as ${state}`);
    return (left.splice(index, 1)[0]?.at ?? 0) - at;
  });
}

/** Runs in the page. */
function areAllRunning(wanted: number): boolean {
  const texts = [...document.querySelectorAll('tbody tr')].map((row) => row.textContent ?? '');
  return texts.filter((text) => text.includes('live-') && text.includes('Running')).length === wanted;
}

/** Runs in the page. */
function seenSoMany(wanted: number): boolean {
  const seen: unknown = Reflect.get(window, 'seen');
  return Array.isArray(seen) && seen.length >= wanted;
}

/** Runs in the page. */
function noteChanges() {
  const last = new Map<string, string>();
  const seen: Seen = [];
  Reflect.set(window, 'seen', seen);
  const look = (note: boolean) => {
    for (const row of document.querySelectorAll('tr')) {
      const name = /live-\d+/.exec(row.textContent ?? '')?.[0];
      const state = /Running|Down unasked/.exec(row.textContent ?? '')?.[0];
      if (!name || !state || last.get(name) === state) continue;
      last.set(name, state);
      if (note) seen.push({ name, state, at: Date.now() });
    }
  };
  look(false);
  new MutationObserver(() => look(true)).observe(document.body, {
    subtree: true,
    childList: true,
    characterData: true,
  });
}

const shape = (name: string, fleet: Fleet) => ({
  name,
  clusterId: fleet.clusterId,
  hypervisor: 'simulated' as const,
  os: { kind: 'none' as const },
  vcpus: 1,
  memoryMiB: 128,
  diskTemplate: 'diskless' as const,
  disks: [],
  nics: [],
});
