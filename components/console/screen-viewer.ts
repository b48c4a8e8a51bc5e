// The screen of an instance: noVNC without React. Keys, pointer and touches go to the instance; its clipboard and the name
// that it gives its desktop are ignored, because a stranger writes them.
import type RFB from '@novnc/novnc';
import type { AttachConsole } from './console-connection';
import type { SendKey } from './special-keys';

/** `fit` scales the picture into the window; `actual` shows it point by point and scrolls. */
export const screenScales = ['fit', 'actual'] as const;
export type ScreenScale = (typeof screenScales)[number];

export type ScreenViewer = {
  attach: AttachConsole;
  setViewOnly(isViewOnly: boolean): void;
  setScale(scale: ScreenScale): void;
  send: SendKey;
  focus(): void;
  /** null where nothing is shown. */
  screenshot(): Promise<Blob | null>;
  dispose(): void;
};

/** `descriptionId`: the element that says how to leave. */
export type ScreenViewerRequest = { element: HTMLElement; label: string; descriptionId: string };

export async function createScreenViewer(request: ScreenViewerRequest): Promise<ScreenViewer> {
  const { default: Rfb } = await import('@novnc/novnc');
  const wishes = { isViewOnly: false, scale: screenScales[0] as ScreenScale };
  let rfb: RFB | null = null;

  const obey = () => {
    if (!rfb) return;
    rfb.viewOnly = wishes.isViewOnly;
    rfb.scaleViewport = wishes.scale === 'fit';
    rfb.clipViewport = false;
  };

  const attach: AttachConsole = (socket, ready) => {
    const mine = new Rfb(request.element, socket, { shared: true });
    rfb = mine;
    mine.background = 'transparent';
    mine.showDotCursor = true;
    describeCanvas(request);
    obey();
    mine.addEventListener('connect', () => {
      ready();
      if (request.element.contains(document.activeElement)) mine.focus();
    });
    let isOver = false;
    mine.addEventListener('disconnect', () => (isOver = true));
    return () => {
      if (rfb === mine) rfb = null;
      if (!isOver) mine.disconnect();
    };
  };

  return {
    attach,
    setViewOnly: (isViewOnly) => {
      wishes.isViewOnly = isViewOnly;
      obey();
    },
    setScale: (scale) => {
      wishes.scale = scale;
      obey();
    },
    send: (key, isDown) => rfb?.sendKey(key.keysym, key.code, isDown),
    focus: () => rfb?.focus(),
    screenshot: () => new Promise((resolve) => (rfb ? rfb.toBlob(resolve, 'image/png') : resolve(null))),
    dispose: () => {
      rfb = null;
    },
  };
}

/** noVNC leaves its canvas without a name and out of the tab order. */
function describeCanvas({ element, label, descriptionId }: ScreenViewerRequest): void {
  const canvas = element.querySelector('canvas');
  if (!canvas) return;
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'application');
  canvas.setAttribute('aria-label', label);
  canvas.setAttribute('aria-describedby', descriptionId);
}
