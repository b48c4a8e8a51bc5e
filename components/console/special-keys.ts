// Keys and key combinations that a browser or its operating system would keep for itself.

/** A key as RFB names it: the X keysym, and the place on the keyboard for servers that prefer it. */
export type Key = { keysym: number; code: string };

export const keys = {
  control: { keysym: 0xffe3, code: 'ControlLeft' },
  alt: { keysym: 0xffe9, code: 'AltLeft' },
  altGr: { keysym: 0xfe03, code: 'AltRight' },
  shift: { keysym: 0xffe1, code: 'ShiftLeft' },
  super: { keysym: 0xffeb, code: 'MetaLeft' },
  delete: { keysym: 0xffff, code: 'Delete' },
  backspace: { keysym: 0xff08, code: 'Backspace' },
  tab: { keysym: 0xff09, code: 'Tab' },
  enter: { keysym: 0xff0d, code: 'Enter' },
  escape: { keysym: 0xff1b, code: 'Escape' },
  space: { keysym: 0x20, code: 'Space' },
  print: { keysym: 0xff61, code: 'PrintScreen' },
} as const satisfies Record<string, Key>;

/** F1 to F12, by number. */
export function functionKey(number: number): Key {
  return { keysym: 0xffbe + number - 1, code: `F${number}` };
}

export type KeyCombination = { label: string; keys: Key[] };

const { control, alt } = keys;

/** Labels are key names, the same in every language. */
export const keyCombinations: KeyCombination[][] = [
  [
    { label: 'Ctrl+Alt+Del', keys: [control, alt, keys.delete] },
    { label: 'Ctrl+Alt+Backspace', keys: [control, alt, keys.backspace] },
  ],
  [
    { label: 'Alt+Tab', keys: [alt, keys.tab] },
    { label: 'Alt+F4', keys: [alt, functionKey(4)] },
    { label: 'Super', keys: [keys.super] },
    { label: 'Print', keys: [keys.print] },
    { label: 'Esc', keys: [keys.escape] },
    { label: 'Tab', keys: [keys.tab] },
    { label: 'F12', keys: [functionKey(12)] },
  ],
  [1, 2, 3, 4, 5, 6, 7].map((number) => ({
    label: `Ctrl+Alt+F${number}`,
    keys: [control, alt, functionKey(number)],
  })),
];

export type SendKey = (key: Key, isDown: boolean) => void;

/** Presses the keys in order and lets go of them in reverse. */
export function pressTogether(combination: readonly Key[], send: SendKey): void {
  for (const key of combination) send(key, true);
  for (const key of combination.toReversed()) send(key, false);
}
