'use client';
// Binds a console's viewer and its connection to a place on the page, for as long as that place exists.
import { useEffect, useRef, useState, useSyncExternalStore, type RefObject } from 'react';
import type { ConsoleTicket } from '@/contract/schemas/instance';
import {
  createConsoleConnection,
  type AttachConsole,
  type ConsoleConnection,
  type ConsoleState,
} from './console-connection';
import { openConsoleSocket } from './console-socket';

type Viewer = { attach: AttachConsole; dispose(): void };

export type ConsoleRequest<V extends Viewer> = {
  /** Loads and places the viewer; asked once. */
  createViewer: (element: HTMLElement) => Promise<V>;
  requestTicket: () => Promise<ConsoleTicket>;
  /** Whether connecting may succeed as things stand. An open console is kept either way: the server ends it when it must. */
  isReachable: boolean;
  /** Another value says that something changed which makes trying again worthwhile. */
  wakeKey: string;
};

export type ConsoleBinding<V extends Viewer> = {
  placeRef: RefObject<HTMLDivElement | null>;
  /** null until its code is loaded. */
  viewer: V | null;
  state: ConsoleState;
  reconnect: () => void;
};

type Bound<V extends Viewer> = { viewer: V; connection: ConsoleConnection };
const idle: ConsoleState = { kind: 'idle' };
const nothing = () => {};

export function useConsole<V extends Viewer>(request: ConsoleRequest<V>): ConsoleBinding<V> {
  const placeRef = useRef<HTMLDivElement>(null);
  const [bound, setBound] = useState<Bound<V> | null>(null);
  const [asked] = useState(request);
  const { isReachable, wakeKey } = request;
  const connection = bound?.connection;

  useEffect(() => {
    let isHere = true;
    let made: Bound<V> | null = null;
    const place = placeRef.current;
    if (!place) return;
    void asked.createViewer(place).then((viewer) => {
      if (!isHere) return viewer.dispose();
      made = { viewer, connection: connect(asked.requestTicket, viewer) };
      setBound(made);
    });
    return () => {
      isHere = false;
      made?.connection.stop();
      made?.viewer.dispose();
    };
  }, [asked]);

  useEffect(() => {
    if (isReachable) connection?.start();
    else if (connection?.getState().kind !== 'open') connection?.stop();
  }, [connection, isReachable, wakeKey]);

  useEffect(() => {
    if (!connection || !isReachable) return;
    window.addEventListener('online', connection.start);
    return () => window.removeEventListener('online', connection.start);
  }, [connection, isReachable]);

  const state = useSyncExternalStore(
    connection?.subscribe ?? (() => nothing),
    connection?.getState ?? (() => idle),
    () => idle,
  );
  return { placeRef, viewer: bound?.viewer ?? null, state, reconnect: () => connection?.start() };
}

function connect(requestTicket: () => Promise<ConsoleTicket>, viewer: Viewer): ConsoleConnection {
  return createConsoleConnection({ requestTicket, openSocket: openConsoleSocket, attach: viewer.attach });
}
