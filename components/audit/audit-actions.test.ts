import { describe, expect, it } from 'vitest';
import { operationNames } from '@/contract/operations';
import { permissions } from '@/contract/permissions';
import { actionOf } from './audit-actions';

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

  it('knows nothing of an action of a newer control plane', () => {
    expect(actionOf('instance.teleport')).toBeUndefined();
  });
});
