// JavaScript of a first visit: all scripts that the page's HTML names, as the browser gets them, compressed.
import { gzipSync } from 'node:zlib';
import { pages } from '@/contract/paths';
import type { Figure } from '../figure';

const goalKB = 200;

export const scripts: Figure = {
  name: 'scripts',
  measure: async ({ bed: { rest } }) => {
    const signIn = await scriptsOf(rest.url + pages.signIn());
    const list = await scriptsOf(rest.url + pages.instances(), rest.cookie);
    return [
      {
        what: `JavaScript of the first route (sign-in, ${signIn.count} scripts), gzip`,
        goal: `<= ${goalKB} kB`,
        measured: kB(signIn.bytes),
        reached: signIn.bytes <= goalKB * 1000,
      },
      {
        what: `JavaScript of the instance list (${list.count} scripts), gzip`,
        goal: '',
        measured: kB(list.bytes),
        reached: null,
      },
    ];
  },
};

const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

async function scriptsOf(url: string, cookie = ''): Promise<{ count: number; bytes: number }> {
  const page = await fetch(url, { headers: { cookie }, redirect: 'error' });
  // Browsers of today skip what is only for browsers without modules.
  const html = (await page.text()).replaceAll(/<script[^>]*\bnomodule\b[^>]*>/gi, '');
  const paths = new Set(html.match(/(?:\/_next\/)?static\/[^"'\\\s]+?\.js(?![\w.])/g)?.map(absolute));
  let bytes = 0;
  for (const path of paths) {
    const script = await fetch(new URL(path, url));
    if (!script.ok) throw new Error(`${path} answers ${script.status}`);
    bytes += gzipSync(Buffer.from(await script.arrayBuffer())).length;
  }
  return { count: paths.size, bytes };
}

const absolute = (path: string) => (path.startsWith('/') ? path : `/_next/${path}`);
