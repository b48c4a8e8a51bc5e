// The one way out of a console that takes every key: Ctrl+Alt+Shift pressed together and let go, with no other key between.
// Its keys still reach the instance, so combinations that contain them stay usable there.

type KeyPress = Pick<KeyboardEvent, 'type' | 'key' | 'ctrlKey' | 'altKey' | 'shiftKey'>;

export const wayOutKeys = ['Ctrl', 'Alt', 'Shift'] as const;

const modifiers = ['Control', 'Alt', 'AltGraph', 'Shift', 'Meta'];

/** Answers true with the key release that completes the way out; until then no modifier is left pressed. */
export function createWayOut(): (event: KeyPress) => boolean {
  let isArmed = false;
  return (event) => {
    if (!modifiers.includes(event.key)) {
      isArmed = false;
      return false;
    }
    if (event.type === 'keydown') {
      isArmed ||= event.ctrlKey && event.altKey && event.shiftKey;
      return false;
    }
    const isLastUp = !event.ctrlKey && !event.altKey && !event.shiftKey;
    const isComplete = isArmed && isLastUp;
    if (isLastUp) isArmed = false;
    return isComplete;
  };
}

/** Keeps the keys pressed inside `element` from the page's own shortcuts, and calls `leave` on the way out; answers how to end both. */
export function keepKeysInside(element: HTMLElement, leave: () => void): () => void {
  const takes = createWayOut();
  const watch = (event: KeyboardEvent) => {
    if (takes(event)) leave();
  };
  const keep = (event: KeyboardEvent) => event.stopPropagation();
  // Captured, because a console stops its key events from travelling on.
  element.addEventListener('keydown', watch, true);
  element.addEventListener('keyup', watch, true);
  element.addEventListener('keydown', keep);
  return () => {
    element.removeEventListener('keydown', watch, true);
    element.removeEventListener('keyup', watch, true);
    element.removeEventListener('keydown', keep);
  };
}
