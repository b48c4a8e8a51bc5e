import { expect, it } from 'vitest';
import { guessImage } from './guess-image';

it('reads name and format from a file name', () => {
  expect(guessImage('debian-12-genericcloud-amd64.qcow2')).toEqual({
    ...{ name: 'debian-12-genericcloud-amd64', format: 'qcow2' },
  });
  expect(guessImage('disk.raw')).toEqual({ name: 'disk', format: 'raw' });
  expect(guessImage('.Ä b?c.img')).toEqual({ name: 'b-c', format: 'qcow2' });
});
