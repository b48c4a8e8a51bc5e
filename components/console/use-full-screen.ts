'use client';
// Full screen of the whole document, so that menus and dialogs, which live at its end, stay visible above the console.
import { useSyncExternalStore } from 'react';

/** Chromium hands even Esc, Alt+Tab and Super to a page in full screen that asks for them; others leave them to the system. */
type KeyboardLock = { lock?: () => Promise<void>; unlock?: () => void };

export function useFullScreen(): { isFull: boolean; toggle: () => void } {
  const isFull = useSyncExternalStore(
    subscribe,
    () => document.fullscreenElement !== null,
    () => false,
  );
  return { isFull, toggle: () => void (isFull ? leave() : enter()) };
}

async function enter(): Promise<void> {
  await document.documentElement.requestFullscreen();
  await keyboard()
    ?.lock?.()
    .catch(() => {});
}

async function leave(): Promise<void> {
  keyboard()?.unlock?.();
  await document.exitFullscreen();
}

function keyboard(): KeyboardLock | undefined {
  return 'keyboard' in navigator ? (navigator.keyboard as KeyboardLock) : undefined;
}

function subscribe(listener: () => void): () => void {
  document.addEventListener('fullscreenchange', listener);
  return () => document.removeEventListener('fullscreenchange', listener);
}
