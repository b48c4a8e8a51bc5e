'use client';
import { AArrowDown, AArrowUp, ClipboardPaste, Copy, Download, Eraser, Search, Scaling } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { ConsoleTool } from './ConsoleTool';
import { saveFile } from './save-file';
import type { SerialTerminal } from './serial-terminal';
import { SerialSearch } from './SerialSearch';
import { sessionFileName } from './terminal-text';

type Props = {
  name: string;
  viewer: SerialTerminal | null;
  isOpen: boolean;
  onTextSize: (byPx: number) => void;
};

export function SerialTools({ name, viewer, isOpen, onTextSize }: Props) {
  const t = useTranslations('console');
  const [isSearching, setSearching] = useState(false);
  const offline = isOpen ? null : t('states.idle');
  const copy = async () => {
    const text = viewer?.selection();
    if (!text) return toast(t('nothingSelected'));
    await navigator.clipboard.writeText(text);
    toast(t('copied'));
  };
  const paste = async () => {
    try {
      viewer?.paste(await navigator.clipboard.readText());
      viewer?.focus();
    } catch {
      toast(t('clipboardDenied'));
    }
  };
  const download = () => {
    const file = sessionFileName({ name, kind: 'serial', at: new Date(), ending: 'txt' });
    saveFile(file, new Blob([viewer?.text() ?? ''], { type: 'text/plain;charset=utf-8' }));
  };
  const tellSize = () => {
    const size = viewer?.size();
    if (size) viewer?.paste(`stty rows ${size.rows} cols ${size.columns}\r`);
    viewer?.focus();
  };

  return (
    <>
      {isSearching && viewer ? (
        <SerialSearch viewer={viewer} onClose={() => setSearching(false)} />
      ) : (
        <ConsoleTool label={t('search')} icon={<Search />} onClick={() => setSearching(true)} />
      )}
      <ConsoleTool label={t('copy')} icon={<Copy />} onClick={() => void copy()} />
      <ConsoleTool
        label={t('pasteClipboard')}
        icon={<ClipboardPaste />}
        disabledReason={offline}
        onClick={() => void paste()}
      />
      <ConsoleTool label={t('tellSize')} icon={<Scaling />} disabledReason={offline} onClick={tellSize} />
      <ConsoleTool label={t('clear')} icon={<Eraser />} onClick={() => viewer?.clear()} />
      <ConsoleTool label={t('smaller')} icon={<AArrowDown />} onClick={() => onTextSize(-1)} />
      <ConsoleTool label={t('larger')} icon={<AArrowUp />} onClick={() => onTextSize(1)} />
      <ConsoleTool label={t('download')} icon={<Download />} onClick={download} />
    </>
  );
}
