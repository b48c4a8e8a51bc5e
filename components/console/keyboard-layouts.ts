// Which key, with which modifiers, makes which character on a keyboard layout. VNC carries places on a keyboard, not
// characters, so text can be typed at an instance only by someone who knows the layout that the instance is set to.

export const keyboardLayouts = ['us', 'de', 'fr'] as const;
export type KeyboardLayout = (typeof keyboardLayouts)[number];

export type Place = { code: string; shift: boolean; altGr: boolean };
export type LayoutMap = {
  places: Map<string, Place>;
  /** Dead keys by the combining character that they add to the next letter. */
  dead: Map<string, Place>;
};

/** For each key what it makes alone, with Shift, with AltGr (NUL: a dead key). */
type Row = Record<string, string>;

const letters = (moved: Row): Row => ({
  ...Object.fromEntries(
    [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => [
      `Key${letter.toUpperCase()}`,
      letter + letter.toUpperCase(),
    ]),
  ),
  ...moved,
});

const us: Row = {
  ...letters({}),
  Backquote: '`~',
  Digit1: '1!',
  Digit2: '2@',
  Digit3: '3#',
  Digit4: '4$',
  Digit5: '5%',
  Digit6: '6^',
  Digit7: '7&',
  Digit8: '8*',
  Digit9: '9(',
  Digit0: '0)',
  Minus: '-\u005f',
  Equal: '=+',
  BracketLeft: '[{',
  BracketRight: ']}',
  Backslash: '\\|',
  Semicolon: ';:',
  Quote: '\'"',
  Comma: ',<',
  Period: '.>',
  Slash: '/?',
};

const de: Row = {
  ...letters({ KeyY: 'zZ', KeyZ: 'yY', KeyQ: 'qQ@', KeyE: 'eE€', KeyM: 'mMµ' }),
  Backquote: '\0°',
  Digit1: '1!',
  Digit2: '2"²',
  Digit3: '3§³',
  Digit4: '4$',
  Digit5: '5%',
  Digit6: '6&',
  Digit7: '7/{',
  Digit8: '8([',
  Digit9: '9)]',
  Digit0: '0=}',
  Minus: 'ß?\\',
  BracketLeft: 'üÜ',
  BracketRight: '+*~',
  Semicolon: 'öÖ',
  Quote: 'äÄ',
  Backslash: "#'",
  IntlBackslash: '<>|',
  Comma: ',;',
  Period: '.:',
  Slash: '-\u005f',
};

const fr: Row = {
  ...letters({ KeyQ: 'aA', KeyA: 'qQ', KeyW: 'zZ', KeyZ: 'wW', KeyE: 'eE€', KeyM: ',?' }),
  Backquote: '²',
  Digit1: '&1',
  Digit2: 'é2~',
  Digit3: '"3#',
  Digit4: "'4{",
  Digit5: '(5[',
  Digit6: '-6|',
  Digit7: 'è7`',
  Digit8: '\u005f8\\',
  Digit9: 'ç9^',
  Digit0: 'à0@',
  Minus: ')°]',
  Equal: '=+}',
  BracketRight: '$£¤',
  Semicolon: 'mM',
  Quote: 'ù%',
  Backslash: '*µ',
  IntlBackslash: '<>',
  Comma: ';.',
  Period: ':/',
  Slash: '!§',
};

const circumflex = '\u0302';
const diaeresis = '\u0308';
const acute = '\u0301';
const grave = '\u0300';
const plain = { shift: false, altGr: false };
const shifted = { shift: true, altGr: false };

export const layouts: Record<KeyboardLayout, LayoutMap> = {
  us: { places: placesOf(us), dead: new Map() },
  de: {
    places: placesOf(de),
    dead: new Map([
      [circumflex, { code: 'Backquote', ...plain }],
      [acute, { code: 'Equal', ...plain }],
      [grave, { code: 'Equal', ...shifted }],
    ]),
  },
  fr: {
    places: placesOf(fr),
    dead: new Map([
      [circumflex, { code: 'BracketLeft', ...plain }],
      [diaeresis, { code: 'BracketLeft', ...shifted }],
    ]),
  },
};

/** Characters that a dead key makes with the space bar. */
export const spacing: ReadonlyMap<string, string> = new Map([
  ['^', circumflex],
  ['´', acute],
  ['`', grave],
  ['¨', diaeresis],
]);

function placesOf(row: Row): Map<string, Place> {
  const places = new Map<string, Place>([[' ', { code: 'Space', ...plain }]]);
  for (const [code, made] of Object.entries(row))
    [...made].forEach((character, level) => {
      if (character !== '\0') places.set(character, { code, shift: level === 1, altGr: level === 2 });
    });
  return places;
}
