'use client';
import { useState } from 'react';

const key = 'corral.serial.font-size';
const sizes = { min: 9, max: 24, first: 13 } as const;

/** The serial console's text size in px, remembered on this browser. */
export function useFontSize(): { fontSize: number; change: (byPx: number) => number } {
  const [fontSize, setFontSize] = useState(readSize);
  return {
    fontSize,
    change: (byPx) => {
      const next = clamp(fontSize + byPx);
      setFontSize(next);
      remember(next);
      return next;
    },
  };
}

function readSize(): number {
  try {
    return clamp(Number(window.localStorage.getItem(key)) || sizes.first);
  } catch {
    // Private windows may refuse storage.
    return sizes.first;
  }
}

function remember(size: number): void {
  try {
    window.localStorage.setItem(key, String(size));
  } catch {
    return;
  }
}

function clamp(size: number): number {
  return Math.min(sizes.max, Math.max(sizes.min, size));
}
