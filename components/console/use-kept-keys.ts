'use client';
import { useEffect, type RefObject } from 'react';
import { keepKeysInside } from './way-out';

/** Every key pressed in `placeRef` stays there; the way out leads to the first tool of `toolsRef`. */
export function useKeptKeys(
  placeRef: RefObject<HTMLElement | null>,
  toolsRef: RefObject<HTMLElement | null>,
): void {
  useEffect(() => {
    const place = placeRef.current;
    if (!place) return;
    return keepKeysInside(place, () => toolsRef.current?.querySelector('button')?.focus());
  }, [placeRef, toolsRef]);
}
