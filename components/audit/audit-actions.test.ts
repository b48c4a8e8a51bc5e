import { createTranslator } from 'next-intl';
import { describe, expect, it } from 'vitest';
import { operationNames } from '@/contract/operations';
import { permissions } from '@/contract/permissions';
import { en } from '@/messages/en';
import { actionOf, sentences } from './audit-actions';

describe('actions of the audit', () => {
  it('has a sentence for every operation', () => {
    expect(operationNames.filter((name) => !actionOf(name))).toEqual([]);
  });

  it('has a sentence for everything that can be refused', () => {
    const refusable = Object.entries(permissions).filter(([, row]) =>
      row.allows.every((relation) => relation !== 'anonymous'),
    );
    expect(refusable.map(([action]) => action).filter((action) => !actionOf(action))).toEqual([]);
  });

  it('reads as a sentence with every outcome, with and without a target', () => {
    const t = createTranslator({ locale: 'en', messages: en, namespace: 'activity.did' });
    const read = (action: (typeof sentences)[number], outcome: string, name: string | null) =>
      t.markup(action, {
        ...{ outcome, what: 'the screen', hasTarget: name ? 'yes' : 'no' },
        target: () => name ?? '',
      });
    for (const action of sentences)
      for (const outcome of ['accepted', 'done', 'failed', 'refused'])
        for (const name of ['web1', null]) expect(read(action, outcome, name)).toMatch(/^[a-z][^{}<>]+$/);
    expect(read('node.view', 'refused', null)).toBe('was not allowed to see nodes');
    expect(read('instance.start', 'failed', 'web1')).toBe('could not start web1');
    expect(read('session.signIn', 'failed', null)).toBe('could not sign in');
    expect(read('session.signIn', 'refused', null)).toBe(
      'was not allowed to sign in after too many attempts',
    );
    expect(read('console.open', 'refused', null).trim()).toBe('was not allowed to open a console');
    expect(read('password.set', 'failed', null)).toBe('could not set a password with a one-time link');
  });

  it('knows nothing of an action of a newer control plane', () => {
    expect(actionOf('instance.teleport')).toBeUndefined();
  });
});
