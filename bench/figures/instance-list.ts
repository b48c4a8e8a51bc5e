// The first page of ten thousand instances on two hundred nodes, which go on reporting meanwhile: over REST in the ways that the page asks for
// it, and as a page in a browser that has never been there.
import { z } from 'zod';
import { api, pages } from '@/contract/paths';
import { UserPage } from '@/contract/schemas/user';
import { operator, type Bed } from '../bed';
import { openSignedIn } from '../browser-page';
import type { Figure } from '../figure';
import type { Fleet } from '../fleet';
import { median, ms, percentile } from '../stats';
import { bringUpTenThousand } from '../ten-thousand';

const nodes = 200;
const warmUps = 3;
const requestsOfEach = 25;
const visits = 9;

export const instanceList: Figure = {
  name: 'instance-list',
  measure: async ({ bed, fleet }) => {
    const scale = await fleet(nodes);
    await bringUpTenThousand(bed, scale);
    const took = await measureRequests(bed, await waysToAsk(bed, scale));
    const all = [...took.values()].flat();
    const p95 = percentile(all, 95);
    const [slowest = '', slow = []] =
      [...took].sort(([, a], [, b]) => percentile(b, 95) - percentile(a, 95))[0] ?? [];
    const visited = await measureVisits(bed);
    const interactive = median(visited);
    return [
      {
        what: `instance list, first page of 10,000 on ${nodes} nodes, REST (${all.length} requests, ${took.size} ways)`,
        goal: 'p95 <= 50 ms',
        measured: `p50 ${ms(median(all))}, p95 ${ms(p95)} (slowest way: ${slowest}, p95 ${ms(percentile(slow, 95))})`,
        reached: p95 <= 50,
      },
      {
        what: `the same as a page: navigation -> \`/\` leads to the search (${visits} first visits)`,
        goal: '<= 1 s',
        measured: `p50 ${ms(interactive)}, slowest ${ms(Math.max(...visited))}`,
        reached: interactive <= 1000,
      },
    ];
  },
};

async function waysToAsk({ rest }: Bed, { clusterId }: Fleet): Promise<Record<string, string>> {
  const { items } = await rest.call('GET', api.users({ search: 'owner7' }), UserPage);
  return {
    plain: api.instances(),
    'by name, last first': api.instances({ sort: 'name', order: 'desc' }),
    'newest first': api.instances({ sort: 'createdAt', order: 'desc' }),
    'by owner': api.instances({ sort: 'owner' }),
    'by node': api.instances({ sort: 'node' }),
    'by memory': api.instances({ sort: 'memoryMiB', order: 'desc' }),
    'by status': api.instances({ sort: 'status' }),
    running: api.instances({ status: 'running' }),
    'of an owner': api.instances({ ownerId: z.uuid().parse(items[0]?.id) }),
    'of a cluster': api.instances({ clusterId }),
    'search of a name': api.instances({ search: 'vm-0123' }),
    'search of few letters': api.instances({ search: '77' }),
    'search of a MAC address': api.instances({ search: 'aa:00:01:00:1f' }),
  };
}

/** One after another, every way in turn, each answer read to its end. */
async function measureRequests({ rest }: Bed, ways: Record<string, string>): Promise<Map<string, number[]>> {
  const took = new Map(Object.keys(ways).map((name): [string, number[]] => [name, []]));
  for (let round = 0; round < warmUps + requestsOfEach; round++)
    for (const [name, path] of Object.entries(ways)) {
      const before = performance.now();
      const answer = await fetch(rest.url + path, { headers: { cookie: rest.cookie } });
      await answer.arrayBuffer();
      const elapsed = performance.now() - before;
      if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
      if (round >= warmUps) took.get(name)?.push(elapsed);
    }
  return took;
}

/** Each in a browser profile of its own, with nothing in its cache. */
async function measureVisits({ product }: Bed): Promise<number[]> {
  const took: number[] = [];
  const browser = await openSignedIn(product.url, operator);
  for (let visit = 0; visit <= visits; visit++) {
    const { page, close } = await browser.newPage();
    await page.addInitScript(pressSlashEachFrame);
    await page.goto(product.url + pages.instances(), { waitUntil: 'commit' });
    const at = await page.waitForFunction(() => {
      const ready: unknown = Reflect.get(window, 'readyAt');
      return typeof ready === 'number' && document.querySelectorAll('tbody tr').length >= 50 ? ready : null;
    });
    if (visit > 0) took.push(z.number().parse(await at.jsonValue()));
    await close();
  }
  await browser.close();
  return took;
}

/** Runs in the page, from before its first script: the clock starts with the navigation. */
function pressSlashEachFrame() {
  const press = () => {
    const { activeElement, body } = document;
    if (activeElement instanceof HTMLInputElement && activeElement.type === 'search')
      return Reflect.set(window, 'readyAt', performance.now());
    body?.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true, cancelable: true }));
    requestAnimationFrame(press);
  };
  requestAnimationFrame(press);
}
