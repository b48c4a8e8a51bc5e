import { expect, it } from 'vitest';
import { en } from '@/messages/en';
import { fieldMessageKey, fieldMessages } from './field-messages';
import { InstanceName } from './names';
import { tinyMinDiskMiB, tinyMinMemoryMiB } from './schemas/instance';

it('are in the texts of the pages, word for word', () => {
  expect(en.form.problems).toEqual(fieldMessages);
});

it('are found again by their text, and other texts are not', () => {
  const refused = InstanceName.safeParse('-web');
  expect(refused.error?.issues.map(({ message }) => fieldMessageKey(message))).toEqual(['hostNameForm']);
  expect(fieldMessageKey('The name web1 is taken in this cluster.')).toBeNull();
  expect(fieldMessageKey('toString')).toBeNull();
});

it('name the sizes that the tiny OS really needs', () => {
  expect(fieldMessages.tinyDisk).toContain(` ${tinyMinDiskMiB} MiB`);
  expect(fieldMessages.tinyMemory).toContain(` ${tinyMinMemoryMiB} MiB`);
});
