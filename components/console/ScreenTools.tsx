'use client';
import { Camera, ClipboardPaste, Eye, Keyboard, Maximize, Minimize, Scan, ZoomIn } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Fragment, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '@/components/ui/Button';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/Menu';
import { ConsoleTool } from './ConsoleTool';
import { PasteDialog } from './PasteDialog';
import { saveFile } from './save-file';
import type { ScreenScale, ScreenViewer } from './screen-viewer';
import { keyCombinations, pressTogether } from './special-keys';
import { sessionFileName } from './terminal-text';

export type ScreenLook = {
  isFull: boolean;
  toggleFull: () => void;
  isViewOnly: boolean;
  setViewOnly: (isViewOnly: boolean) => void;
  scale: ScreenScale;
  setScale: (scale: ScreenScale) => void;
};

type Props = { name: string; viewer: ScreenViewer | null; isOpen: boolean; look: ScreenLook };

export function ScreenTools({ name, viewer, isOpen, look }: Props) {
  const t = useTranslations('console');
  const [isPasting, setPasting] = useState(false);
  const offline = isOpen ? null : t('states.idle');
  const notTyping = offline ?? (look.isViewOnly ? t('viewOnlyHint') : null);
  const isFit = look.scale === 'fit';
  const saveScreenshot = async () => {
    const picture = await viewer?.screenshot();
    if (!picture) return toast(t('noScreen'));
    saveFile(sessionFileName({ name, kind: 'screen', at: new Date(), ending: 'png' }), picture);
  };

  return (
    <>
      <KeysMenu viewer={viewer} disabledReason={notTyping} />
      <Button look="quiet" size="small" disabledReason={notTyping} onClick={() => setPasting(true)}>
        <ClipboardPaste aria-hidden />
        {t('pasteText')}
      </Button>
      <ConsoleTool
        label={t('viewOnly')}
        icon={<Eye />}
        isPressed={look.isViewOnly}
        onClick={() => look.setViewOnly(!look.isViewOnly)}
      />
      <ConsoleTool
        label={isFit ? t('scale.actual') : t('scale.fit')}
        icon={isFit ? <ZoomIn /> : <Scan />}
        onClick={() => look.setScale(isFit ? 'actual' : 'fit')}
      />
      <ConsoleTool
        label={t('screenshot')}
        icon={<Camera />}
        disabledReason={offline}
        onClick={() => void saveScreenshot()}
      />
      <ConsoleTool
        label={look.isFull ? t('leaveFullScreen') : t('fullScreen')}
        icon={look.isFull ? <Minimize /> : <Maximize />}
        onClick={look.toggleFull}
      />
      {viewer && (
        <PasteDialog
          open={isPasting}
          name={name}
          viewer={viewer}
          isOpen={isOpen}
          onClose={() => setPasting(false)}
        />
      )}
    </>
  );
}

/** Keys that the browser or the system would keep for itself. */
function KeysMenu({
  viewer,
  disabledReason,
}: {
  viewer: ScreenViewer | null;
  disabledReason: string | null;
}) {
  const t = useTranslations('console');
  const trigger = (
    <Button look="quiet" size="small" disabledReason={disabledReason}>
      <Keyboard aria-hidden />
      {t('sendKeys')}
    </Button>
  );
  if (disabledReason) return trigger;
  return (
    <Menu trigger={trigger}>
      {keyCombinations.map((group, index) => (
        <Fragment key={group[0]?.label}>
          {index > 0 && <MenuSeparator />}
          {group.map(({ label, keys }) => (
            <MenuItem key={label} onSelect={() => viewer && pressTogether(keys, viewer.send)}>
              {label}
            </MenuItem>
          ))}
        </Fragment>
      ))}
    </Menu>
  );
}
