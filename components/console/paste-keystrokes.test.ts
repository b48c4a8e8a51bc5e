import { describe, expect, it } from 'vitest';
import { keyboardLayouts } from './keyboard-layouts';
import { strokesOfText, typeStrokes } from './paste-keystrokes';

const codes = (text: string, layout: (typeof keyboardLayouts)[number]) =>
  strokesOfText(text, layout).strokes.map((character) =>
    character.map((stroke) => stroke.map((key) => key.code).join('+')).join(' '),
  );

describe('text as key strokes', () => {
  it('finds the place of a character on the chosen layout', () => {
    expect(codes('zA@', 'us')).toEqual(['KeyZ', 'ShiftLeft+KeyA', 'ShiftLeft+Digit2']);
    expect(codes('zA@', 'de')).toEqual(['KeyY', 'ShiftLeft+KeyA', 'AltRight+KeyQ']);
    expect(codes('zA@', 'fr')).toEqual(['KeyW', 'ShiftLeft+KeyQ', 'AltRight+Digit0']);
    expect(codes('|_', 'de')).toEqual(['AltRight+IntlBackslash', 'ShiftLeft+Slash']);
  });

  it('uses dead keys, alone with the space bar and before letters', () => {
    expect(codes('^é', 'de')).toEqual(['Backquote Space', 'Equal KeyE']);
    expect(codes('Ê', 'fr')).toEqual(['BracketLeft ShiftLeft+KeyE']);
  });

  it('presses Enter once for each kind of line end, and Tab', () => {
    expect(codes('\r\n\t\r', 'us')).toEqual(['Enter', 'Tab', 'Enter']);
  });

  it('can type every printable ASCII character on every layout', () => {
    const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');
    for (const layout of keyboardLayouts) expect(strokesOfText(ascii, layout).untypable).toEqual([]);
  });

  it('names what a layout cannot make instead of typing something else', () => {
    expect(strokesOfText('aé☃☃', 'us').untypable).toEqual(['é', '☃']);
    expect(strokesOfText('aé☃', 'us').strokes).toHaveLength(1);
  });
});

describe('typing', () => {
  it('lets go of keys in reverse and stops when told to', async () => {
    const sent: string[] = [];
    const stop = new AbortController();
    const { strokes } = strokesOfText('Ab', 'us');
    const isDone = await typeStrokes({
      strokes,
      send: (key, isDown) => sent.push(`${isDown ? '+' : '-'}${key.code}`),
      signal: stop.signal,
      onProgress: () => stop.abort(),
      pause: () => Promise.resolve(),
    });
    expect(isDone).toBe(false);
    expect(sent).toEqual(['+ShiftLeft', '+KeyA', '-KeyA', '-ShiftLeft']);
  });
});
