// A real QEMU's screen through the product (browser's WebSocket -> control plane -> TLS -> agent -> QEMU) against QEMU's own socket, in turn.
import { api, consoleProtocol, ticketProtocolPrefix } from '@/contract/paths';
import { ConsoleTicket } from '@/contract/schemas/instance';
import { createInstance, removeInstance, type Bed } from '../bed';
import type { Figure, Row } from '../figure';
import { commandLineOf, screenSocketOf } from '../qemu';
import { openRfb, openUnixChannel, openWebSocketChannel, type Channel, type Rfb } from '../rfb';
import { median } from '../stats';

const pairs = 5;
const secondsOfEach = 3;
const viewersAtOnce = 4;
const echoes = 400;

type Open = () => Promise<Channel>;
type Ways = { product: Open; straight: Open };

export const relay: Figure = {
  name: 'relay',
  measure: async ({ bed }) => {
    const name = 'relay-1';
    const { id } = await createInstance(bed, {
      name,
      clusterId: bed.clusterId,
      os: { kind: 'tiny' },
      vcpus: 1,
      memoryMiB: 128,
      diskTemplate: 'diskless',
      disks: [],
      nics: [],
    });
    const path = screenSocketOf(await commandLineOf(id));
    const ways = { product: () => openThroughProduct(bed, id), straight: () => openUnixChannel(path) };
    const rows = [
      await compareThroughput(ways, 1),
      await compareThroughput(ways, viewersAtOnce),
      await compareEcho(ways),
    ];
    await removeInstance(bed, { id, name });
    return rows;
  },
};

async function openThroughProduct({ rest }: Bed, id: string): Promise<Channel> {
  const { ticket, path } = await rest.call('POST', api.consoleTickets(id), ConsoleTicket, { kind: 'screen' });
  return openWebSocketChannel({
    url: rest.url.replace(/^http/, 'ws') + path,
    protocols: [consoleProtocol, ticketProtocolPrefix + ticket],
    cookie: rest.cookie,
    origin: rest.url,
  });
}

async function compareThroughput(ways: Ways, viewers: number): Promise<Row> {
  const rates: { product: number; straight: number }[] = [];
  for (let n = 0; n <= pairs; n++) {
    const straight = await megabytesPerSecond(ways.straight, viewers);
    rates.push({ straight, product: await megabytesPerSecond(ways.product, viewers) });
  }
  // The first pair warms up.
  const counted = rates.slice(1);
  const ratio = median(counted.map(({ product, straight }) => product / straight));
  const [product, straight] = [
    median(counted.map((one) => one.product)),
    median(counted.map((one) => one.straight)),
  ];
  return {
    what: `console throughput through the product / straight to the socket, ${viewers} viewer${viewers > 1 ? 's' : ''} (${pairs} pairs)`,
    goal: '>= 0.8',
    measured: `${ratio.toFixed(2)} (${product.toFixed(0)} / ${straight.toFixed(0)} MB/s)`,
    reached: ratio >= 0.8,
  };
}

/** Whole raw pictures, the next one always asked for already; as many viewers as wanted, connected before anyone begins. */
async function megabytesPerSecond(open: Open, viewers: number): Promise<number> {
  const screens: Rfb[] = [];
  // One by one: QEMU lets only one wait to be let in.
  while (screens.length < viewers) screens.push(await openRfb(await open(), { withEcho: false }));
  const rates = await Promise.all(screens.map(rateOf));
  screens.forEach((screen) => screen.close());
  return rates.reduce((sum, rate) => sum + rate, 0);
}

async function rateOf(screen: Rfb): Promise<number> {
  screen.requestPicture();
  await screen.readUpdate(screen.requestPicture);
  const started = performance.now();
  let [bytes, elapsedMs] = [0, 0];
  while (elapsedMs < secondsOfEach * 1000) {
    bytes += await screen.readUpdate(screen.requestPicture);
    elapsedMs = performance.now() - started;
  }
  return bytes / elapsedMs / 1000;
}

async function compareEcho(ways: Ways): Promise<Row> {
  const [product, straight] = [
    await openRfb(await ways.product(), { withEcho: true }),
    await openRfb(await ways.straight(), { withEcho: true }),
  ];
  const took: { product: number[]; straight: number[] } = { product: [], straight: [] };
  for (let n = 0; n < echoes; n++) {
    took.product.push(await timed(product.echo));
    took.straight.push(await timed(straight.echo));
  }
  product.close();
  straight.close();
  const [through, direct] = [median(took.product.slice(50)), median(took.straight.slice(50))];
  const added = through - direct;
  return {
    what: `added latency per key, there and back (${echoes - 50} pairs)`,
    goal: '<= 5 ms',
    measured: `${added.toFixed(2)} ms (${through.toFixed(2)} - ${direct.toFixed(2)})`,
    reached: added <= 5,
  };
}

async function timed(work: () => Promise<void>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}
