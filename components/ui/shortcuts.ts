'use client';
// Keys of the page that is open: `?` lists what is registered here. Keys typed into a field are the field's.
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';

export type Shortcut = { keys: string; label: string };

let registered: readonly Shortcut[] = [];
const listeners = new Set<() => void>();

function setRegistered(next: readonly Shortcut[]): void {
  registered = next;
  for (const listener of listeners) listener();
}

/** Lists keys that a component handles by itself, such as the arrows of a table. */
export function useListedShortcuts(shortcuts: readonly Shortcut[]): void {
  const signature = JSON.stringify(shortcuts);
  useEffect(() => {
    const mine: Shortcut[] = JSON.parse(signature);
    setRegistered([...registered, ...mine]);
    return () => setRegistered(registered.filter((shortcut) => !mine.includes(shortcut)));
  }, [signature]);
}

/** Runs for a key pressed anywhere but in a field, and lists it. `mod`: with Ctrl or Cmd, then also in fields. */
export function useShortcut(
  key: string,
  run: () => void,
  { label, mod = false }: { label: string; mod?: boolean },
): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.key.toLowerCase() !== key || event.altKey) return;
    if (mod !== (event.ctrlKey || event.metaKey) || (!mod && isTyping(event.target))) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => press(event);
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
  useListedShortcuts([{ keys: mod ? `Ctrl ${key.toUpperCase()}` : key, label }]);
}

export function useRegisteredShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => registered,
    () => registered,
  );
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT|CANVAS)$/.test(target.tagName);
}
