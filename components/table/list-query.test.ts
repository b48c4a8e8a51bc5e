import { expect, it } from 'vitest';
import { InstanceListQuery } from '@/contract/schemas/instance';
import { parseListQuery } from './list-query';

const defaults = { page: 1, pageSize: 50, search: '', sort: 'name', order: 'asc' };

it('reads the same query from a page’s parameters and from the browser’s', () => {
  expect(parseListQuery(InstanceListQuery, {})).toEqual(defaults);
  expect(parseListQuery(InstanceListQuery, { page: null, status: null })).toEqual(defaults);
  expect(
    parseListQuery(InstanceListQuery, { page: '2', search: 'web', status: ['running', 'stopped'] }),
  ).toEqual({
    ...defaults,
    page: 2,
    search: 'web',
    status: 'running',
  });
});

it('keeps what is valid of an address with nonsense in it', () => {
  expect(parseListQuery(InstanceListQuery, { page: '-1', sort: 'x', ownerId: 'me', search: 'web' })).toEqual({
    ...defaults,
    search: 'web',
  });
});
