// From a change of state at the agent to the word in an open page. The agent stamps the change (`operSince`); the page's own clock is this
// machine's, and a MutationObserver in the page notes when a row's text first shows another state.
import { z } from 'zod';
import { api, pages } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import { Instance } from '@/contract/schemas/instance';
import { createInstance, operator, removeInstance, type Bed } from '../bed';
import { signInAt } from '../browser-page';
import type { Figure } from '../figure';
import type { Fleet } from '../fleet';
import { ms, percentile } from '../stats';

const instances = 10;
const rounds = 10;
const Seen = z.array(z.object({ name: z.string(), state: z.string(), at: z.number() }));

export const livePage: Figure = {
  name: 'live-page',
  measure: async (bed, fleet) => {
    const took = await watchChanges(bed, await fleet());
    const p99 = percentile(took, 99);
    return [
      {
        what: `state change at the agent -> visible in an open page (${took.length} changes)`,
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
    names.map(async (name) => ({ name, ...(await createInstance(bed.rest, shape(name, fleet))) })),
  );
  const { page, close } = await signInAt(bed.product.url, operator);
  await page.goto(bed.product.url + pages.instances());
  await page.getByText('live-0').first().waitFor();
  await page.evaluate(noteChanges);
  const changes: { name: string; state: string; at: number }[] = [];
  for (let round = 0; round < rounds; round++)
    for (const verb of ['start', 'stop'] as const)
      await Promise.all(
        made.map(async ({ id, name }) => {
          const { jobId } = await bed.rest.call(
            'POST',
            api.instancePower(id, verb),
            Accepted,
            verb === 'stop' ? { force: true } : {},
          );
          await bed.rest.jobDone(jobId);
          const now = await bed.rest.call('GET', api.instance(id), Instance);
          changes.push({
            name,
            state: verb === 'start' ? 'Running' : 'Stopped',
            at: new Date(now.operSince ?? 0).getTime(),
          });
        }),
      );
  await page.waitForFunction(
    (wanted) => (Reflect.get(window, 'seen') as unknown[]).length >= wanted,
    changes.length,
  );
  const seen = Seen.parse(await page.evaluate(() => Reflect.get(window, 'seen')));
  await close();
  for (const { id, name } of made) await removeInstance(bed.rest, { id, name });
  return pair(changes, seen);
}

/** Each change with the first sight of the same state of the same instance after it. */
function pair(changes: z.infer<typeof Seen>, seen: z.infer<typeof Seen>): number[] {
  const left = [...seen];
  return changes
    .sort((a, b) => a.at - b.at)
    .map(({ name, state, at }) => {
      const index = left.findIndex((one) => one.name === name && one.state === state);
      if (index < 0) throw new Error(`The page never showed ${name} as ${state}`);
      return (left.splice(index, 1)[0]?.at ?? 0) - at;
    });
}

function noteChanges() {
  const last = new Map<string, string>();
  const seen: { name: string; state: string; at: number }[] = [];
  Reflect.set(window, 'seen', seen);
  const look = (note: boolean) => {
    for (const row of document.querySelectorAll('tr')) {
      const name = /live-\d+/.exec(row.textContent ?? '')?.[0];
      const state = /Running|Stopped/.exec(row.textContent ?? '')?.[0];
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
  start: false,
});
