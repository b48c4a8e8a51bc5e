import { describe, expect, it } from 'vitest';
import { createWayOut } from './way-out';

const press = (type: string, key: string, held = '') => ({
  type,
  key,
  ctrlKey: held.includes('c'),
  altKey: held.includes('a'),
  shiftKey: held.includes('s'),
});

describe('the way out of a console', () => {
  it('is complete when Ctrl, Alt and Shift were down together and are up again', () => {
    const takes = createWayOut();
    const answers = [
      press('keydown', 'Control', 'c'),
      press('keydown', 'Alt', 'ca'),
      press('keydown', 'Shift', 'cas'),
      press('keyup', 'Shift', 'ca'),
      press('keyup', 'Alt', 'c'),
      press('keyup', 'Control'),
    ].map(takes);
    expect(answers).toEqual([false, false, false, false, false, true]);
    expect(takes(press('keyup', 'Control'))).toBe(false);
  });

  it('is not taken by a combination that contains the three keys', () => {
    const takes = createWayOut();
    const answers = [
      press('keydown', 'Shift', 'cas'),
      press('keydown', 'F1', 'cas'),
      press('keyup', 'F1', 'cas'),
      press('keyup', 'Shift'),
    ].map(takes);
    expect(answers).toEqual([false, false, false, false]);
  });

  it('is not taken by two of them', () => {
    const takes = createWayOut();
    expect([press('keydown', 'Alt', 'ca'), press('keyup', 'Alt')].map(takes)).toEqual([false, false]);
  });
});
