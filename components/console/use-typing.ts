'use client';
import { useEffect, useRef, useState } from 'react';
import { typeStrokes, type Stroke } from './paste-keystrokes';
import type { ScreenViewer } from './screen-viewer';

/** Types strokes at a pace the instance can follow; `onDone` after the last one. Stops when the console or the page goes away. */
type Typing = { viewer: ScreenViewer; isOpen: boolean; onDone: () => void };

export function useTyping({ viewer, isOpen, onDone }: Typing) {
  const stopper = useRef<AbortController | null>(null);
  const [typed, setTyped] = useState<number | null>(null);
  useEffect(() => {
    if (isOpen) return () => stopper.current?.abort();
  }, [isOpen]);

  const start = async (strokes: Stroke[][]) => {
    const mine = new AbortController();
    stopper.current = mine;
    setTyped(0);
    const isDone = await typeStrokes({
      strokes,
      send: viewer.send,
      signal: mine.signal,
      onProgress: setTyped,
    });
    setTyped(null);
    if (!isDone) return;
    onDone();
    viewer.focus();
  };

  return {
    isTyping: typed !== null,
    typed: typed ?? 0,
    start: (strokes: Stroke[][]) => void start(strokes),
    stop: () => stopper.current?.abort(),
  };
}
