// No OS: nothing is written, the firmware boots what the first disk holds.
import type { OsDriver } from './os-definition';

export function createNoneOs(): OsDriver {
  return {
    kind: 'none',
    async prepare() {},
    offer: () => ({ kind: 'none', state: 'ready', detail: null }),
    async install() {},
    boot: async () => ({ kind: 'firmware' }),
  };
}
