// The terminal of a serial line: xterm with its guards, without React. What arrives is bytes of a stranger, what leaves is
// what someone typed here, as UTF-8.
import type { FitAddon } from '@xterm/addon-fit';
import type { SearchAddon } from '@xterm/addon-search';
import type { ITheme, Terminal } from '@xterm/xterm';
import type { AttachConsole } from './console-connection';
import { guardTerminal, safeLink } from './hostile-output';
import { textOfBuffer } from './terminal-text';

export type SerialTerminal = {
  attach: AttachConsole;
  find(text: string, direction: 'next' | 'previous'): boolean;
  clearFound(): void;
  selection(): string;
  text(): string;
  clear(): void;
  /** Types text as if someone had pasted it. */
  paste(text: string): void;
  size(): { rows: number; columns: number };
  setFontSize(px: number): void;
  focus(): void;
  dispose(): void;
};

export type SerialTerminalRequest = {
  element: HTMLElement;
  label: string;
  fontSize: number;
  onLink: (url: string) => void;
};

/** Output that the terminal has not yet taken in; beyond it an instance that floods the line is cut short, not the browser. */
const backlogLimitBytes = 8 * 1024 * 1024;
const scrollbackRows = 10_000;

export async function createSerialTerminal(request: SerialTerminalRequest): Promise<SerialTerminal> {
  const [{ Terminal }, { FitAddon }, { SearchAddon }] = await Promise.all([
    import('@xterm/xterm'),
    import('@xterm/addon-fit'),
    import('@xterm/addon-search'),
  ]);
  const terminal = new Terminal({
    allowProposedApi: true,
    cursorBlink: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
    fontFamily: monoFamilyOf(request.element),
    fontSize: request.fontSize,
    lineHeight: 1.15,
    minimumContrastRatio: 4.5,
    scrollback: scrollbackRows,
    theme,
    linkHandler: {
      activate: (_event, text) => {
        const url = safeLink(text);
        if (url) request.onLink(url);
      },
    },
  });
  const fit = new FitAddon();
  const search = new SearchAddon();
  terminal.loadAddon(fit);
  terminal.loadAddon(search);
  terminal.open(request.element);
  terminal.textarea?.setAttribute('aria-label', request.label);
  const resized = new ResizeObserver(() => fit.fit());
  resized.observe(request.element);
  return describeTerminal({ terminal, fit, search, release: () => resized.disconnect() });
}

type Parts = { terminal: Terminal; fit: FitAddon; search: SearchAddon; release: () => void };

function describeTerminal({ terminal, fit, search, release }: Parts): SerialTerminal {
  copyOnShortcut(terminal);
  return {
    attach: attachLine(terminal),
    find: (text, direction) => {
      const options = { decorations: foundColours, incremental: direction === 'next' };
      return direction === 'next' ? search.findNext(text, options) : search.findPrevious(text, options);
    },
    clearFound: () => search.clearDecorations(),
    selection: () => terminal.getSelection(),
    text: () => textOfBuffer(terminal.buffer.normal),
    clear: () => terminal.clear(),
    paste: (text) => terminal.paste(text),
    size: () => ({ rows: terminal.rows, columns: terminal.cols }),
    setFontSize: (px) => {
      terminal.options.fontSize = px;
      fit.fit();
    },
    focus: () => terminal.focus(),
    dispose: () => {
      release();
      terminal.dispose();
    },
  };
}

/** Each connection brings the history again, so the terminal starts empty each time. */
function attachLine(terminal: Terminal): AttachConsole {
  let hasTyped = false;
  const isFocused = () => terminal.textarea === document.activeElement;
  terminal.onKey(() => (hasTyped = true));
  guardTerminal(terminal, () => hasTyped && isFocused());

  return (socket, ready) => {
    const send = (bytes: Uint8Array<ArrayBuffer>) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(bytes);
    };
    const encoder = new TextEncoder();
    let backlogBytes = 0;
    const receive = (event: MessageEvent<ArrayBuffer>) => {
      const bytes = new Uint8Array(event.data);
      if (backlogBytes > backlogLimitBytes) return;
      backlogBytes += bytes.length;
      terminal.write(bytes, () => (backlogBytes -= bytes.length));
    };
    const open = () => {
      hasTyped = false;
      terminal.reset();
      ready();
    };
    socket.addEventListener('open', open);
    socket.addEventListener('message', receive);
    const typed = terminal.onData((data) => send(encoder.encode(data)));
    const reported = terminal.onBinary((data) => send(Uint8Array.from(data, (byte) => byte.charCodeAt(0))));
    return () => {
      socket.removeEventListener('open', open);
      socket.removeEventListener('message', receive);
      typed.dispose();
      reported.dispose();
    };
  };
}

/** Ctrl+C belongs to the instance; Ctrl+Shift+C and Ctrl+Insert copy, as terminals do. */
function copyOnShortcut(terminal: Terminal): void {
  terminal.attachCustomKeyEventHandler((event) => {
    const isCopy =
      event.ctrlKey &&
      ((event.shiftKey && event.code === 'KeyC') || (!event.shiftKey && event.code === 'Insert'));
    const isPaste =
      (event.ctrlKey && event.shiftKey && event.code === 'KeyV') ||
      (event.shiftKey && event.code === 'Insert');
    if (isCopy && event.type === 'keydown' && terminal.hasSelection()) {
      event.preventDefault();
      void navigator.clipboard?.writeText(terminal.getSelection());
    }
    return !isCopy && !isPaste;
  });
}

function monoFamilyOf(element: HTMLElement): string {
  const family = getComputedStyle(element).fontFamily;
  return family || 'ui-monospace, monospace';
}

/** Dark in both themes: what instances print assumes it. */
const theme: ITheme = {
  background: '#0b0d0f',
  foreground: '#d6dade',
  cursor: '#d6dade',
  cursorAccent: '#0b0d0f',
  selectionBackground: '#3a5a8c',
  black: '#1c2024',
  red: '#e5686d',
  green: '#5bb98b',
  yellow: '#d9a842',
  blue: '#6ea3f5',
  magenta: '#c48be0',
  cyan: '#56b6c2',
  white: '#c3c8cd',
  brightBlack: '#767d86',
  brightRed: '#f28b8f',
  brightGreen: '#86d6ad',
  brightYellow: '#ecc56d',
  brightBlue: '#95bdfa',
  brightMagenta: '#d9adee',
  brightCyan: '#83d3dc',
  brightWhite: '#f4f6f8',
};

const foundColours = {
  matchBackground: '#4a3b12',
  matchOverviewRuler: '#d9a842',
  activeMatchBackground: '#8a6a14',
  activeMatchBorder: '#ecc56d',
  activeMatchColorOverviewRuler: '#ecc56d',
};
