// Turns text into key strokes on a given layout, and types them at a pace that an instance can follow.
import { layouts, spacing, type KeyboardLayout, type LayoutMap, type Place } from './keyboard-layouts';
import { keys, pressTogether, type Key, type SendKey } from './special-keys';

/** Keys that are pressed together. */
export type Stroke = Key[];

/** One list of strokes for each character, and the characters that the layout can't make. */
export function strokesOfText(
  text: string,
  layout: KeyboardLayout,
): { strokes: Stroke[][]; untypable: string[] } {
  const untypable = new Set<string>();
  const strokes: Stroke[][] = [];
  for (const character of text.replaceAll(/\r\n?/g, '\n').normalize('NFC')) {
    const found = strokesOfCharacter(character, layouts[layout]);
    if (found) strokes.push(found);
    else untypable.add(character);
  }
  return { strokes, untypable: [...untypable] };
}

/**
 * Types one character after the other; answers false when it was told to stop. The pause lets a guest's keyboard queue
 * of 16 bytes drain: what comes faster is lost.
 */
export async function typeStrokes(request: {
  strokes: Stroke[][];
  send: SendKey;
  signal: AbortSignal;
  onProgress: (typed: number) => void;
  pause?: () => Promise<void>;
}): Promise<boolean> {
  const { strokes, send, signal, onProgress, pause = pauseBetweenKeys } = request;
  for (const [index, character] of strokes.entries()) {
    for (const stroke of character) {
      if (signal.aborted) return false;
      pressTogether(stroke, send);
      await pause();
    }
    onProgress(index + 1);
  }
  return true;
}

const pauseMs = 15;

function pauseBetweenKeys(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, pauseMs));
}

function strokesOfCharacter(character: string, layout: LayoutMap): Stroke[] | undefined {
  if (character === '\n') return [[keys.enter]];
  if (character === '\t') return [[keys.tab]];
  const place = layout.places.get(character);
  if (place) return [strokeAt(place, character)];
  return strokesWithDeadKey(character, layout);
}

function strokesWithDeadKey(character: string, { places, dead }: LayoutMap): Stroke[] | undefined {
  const alone = dead.get(spacing.get(character) ?? '');
  if (alone) return [strokeAt(alone, character), [keys.space]];
  const [letter, mark, ...more] = character.normalize('NFD');
  const letterPlace = letter ? places.get(letter) : undefined;
  const deadPlace = mark ? dead.get(mark) : undefined;
  if (!letter || !letterPlace || !deadPlace || more.length > 0) return undefined;
  return [strokeAt(deadPlace, character), strokeAt(letterPlace, letter)];
}

function strokeAt({ code, shift, altGr }: Place, character: string): Stroke {
  return [
    ...(shift ? [keys.shift] : []),
    ...(altGr ? [keys.altGr] : []),
    { keysym: keysymOf(character), code },
  ];
}

/** Latin-1 characters are their own keysym, all others carry the Unicode mark. */
function keysymOf(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  return point < 0x100 ? point : 0x01000000 | point;
}
