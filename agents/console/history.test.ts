import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHistory } from './history';
import { overlapBytes } from './serial-seam';

test('keeps exactly the last bytes of whatever is appended', () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 40 });
  fc.assert(
    fc.property(chunks, fc.integer({ min: 1, max: 64 }), (parts, limit) => {
      const history = createHistory(limit);
      parts.forEach((part) => history.append(Buffer.from(part)));
      const all = Buffer.concat(parts);
      expect(history.read()).toEqual(all.subarray(Math.max(0, all.length - limit)));
    }),
  );
});

test('the seam between file and live stream neither loses nor repeats a byte', () => {
  const text = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(text, fc.nat(60), fc.nat(60), (written, connectedAt, readAt) => {
      const file = written.subarray(0, Math.max(connectedAt, readAt));
      const live = written.subarray(connectedAt);
      const seen = Buffer.concat([file, live.subarray(overlapBytes(file, live))]);
      // Repeated bytes may look like an overlap that is longer than the real one; then the texts are alike anyway.
      expect(seen.length).toBeLessThanOrEqual(Math.max(written.length, file.length));
      if (new Set(written).size === written.length) expect(seen).toEqual(written);
    }),
  );
});
