'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Dialog } from '@/components/ui/Dialog';
import { fieldStyle } from '@/components/ui/Input';
import { ProgressBar } from '@/components/ui/ProgressBar';
import { Select } from '@/components/ui/Select';
import { keyboardLayouts, type KeyboardLayout } from './keyboard-layouts';
import { strokesOfText } from './paste-keystrokes';
import type { ScreenViewer } from './screen-viewer';
import { useTyping } from './use-typing';

type Props = { open: boolean; name: string; viewer: ScreenViewer; isOpen: boolean; onClose: () => void };

/** Types a text key by key into the instance. */
export function PasteDialog({ open, name, onClose, ...rest }: Props) {
  const t = useTranslations('console.paste');
  return (
    <Dialog open={open} onClose={onClose} title={t('title', { name })} description={t('description')}>
      <PasteForm {...rest} onClose={onClose} />
    </Dialog>
  );
}

function PasteForm({ viewer, isOpen, onClose }: Pick<Props, 'viewer' | 'isOpen' | 'onClose'>) {
  const t = useTranslations('console.paste');
  const states = useTranslations('console.states');
  const [text, setText] = useState('');
  const [layout, setLayout] = useState<KeyboardLayout>(guessLayout);
  const typing = useTyping({ viewer, isOpen, onDone: onClose });
  const { strokes, untypable } = strokesOfText(text, layout);
  const count = strokes.length;

  return (
    <div className="grid gap-3">
      <label className="grid gap-1 text-soft">
        {t('text')}
        <textarea
          autoFocus
          rows={6}
          spellCheck={false}
          value={text}
          readOnly={typing.isTyping}
          onChange={({ target }) => setText(target.value)}
          className={`${fieldStyle} h-auto resize-y py-1.5 font-mono text-sm`}
        />
      </label>
      <label className="grid gap-1 text-soft">
        {t('layout')}
        <Select
          value={layout}
          disabled={typing.isTyping}
          onChange={({ target }) =>
            setLayout(keyboardLayouts.find((known) => known === target.value) ?? 'us')
          }
          options={keyboardLayouts.map((value) => ({ value, label: t(`layouts.${value}`) }))}
        />
      </label>
      <p role="status" className="min-h-[18px] text-sm text-attention">
        {untypable.length > 0 && t('untypable', { characters: untypable.slice(0, 20).join(' ') })}
      </p>
      {typing.isTyping && (
        <ProgressBar
          value={count === 0 ? 0 : typing.typed / count}
          label={t('typing', { typed: typing.typed, count })}
        />
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={typing.isTyping ? typing.stop : onClose}>
          {typing.isTyping ? t('stop') : t('cancel')}
        </Button>
        <Button
          look="primary"
          pending={typing.isTyping}
          disabledReason={isOpen ? null : states('idle')}
          onClick={() => typing.start(strokes)}
        >
          {t('type', { count })}
        </Button>
      </div>
    </div>
  );
}

/** The language of the browser is the best guess at the keyboard that an instance was set up with. */
function guessLayout(): KeyboardLayout {
  const language = navigator.language.slice(0, 2);
  return keyboardLayouts.find((layout) => layout === language) ?? 'us';
}
