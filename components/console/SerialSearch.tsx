'use client';
import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState, type KeyboardEvent } from 'react';
import { Input } from '@/components/ui/Input';
import { ConsoleTool } from './ConsoleTool';
import type { SerialTerminal } from './serial-terminal';

type Direction = 'next' | 'previous';

/** Searches the session: Enter for the next match, Shift+Enter for the one before, Esc closes. */
export function SerialSearch({ viewer, onClose }: { viewer: SerialTerminal; onClose: () => void }) {
  const t = useTranslations('console');
  const [text, setText] = useState('');
  const [isFound, setFound] = useState(true);
  const find = (wanted: string, direction: Direction) => {
    if (wanted) setFound(viewer.find(wanted, direction));
    else viewer.clearFound();
  };
  const close = () => {
    viewer.clearFound();
    onClose();
    viewer.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') find(text, event.shiftKey ? 'previous' : 'next');
    if (event.key === 'Escape') close();
  };
  const isMissing = text !== '' && !isFound;

  return (
    <span role="search" className="flex items-center gap-1">
      <span role="status" className="text-xs text-faint">
        {isMissing && t('searchNone')}
      </span>
      <Input
        autoFocus
        type="search"
        aria-label={t('search')}
        aria-invalid={isMissing || undefined}
        placeholder={t('search')}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          find(target.value, 'next');
        }}
        onKeyDown={onKeyDown}
        className="h-7 w-44! [&::-webkit-search-cancel-button]:hidden"
      />
      <ConsoleTool label={t('searchPrevious')} icon={<ChevronUp />} onClick={() => find(text, 'previous')} />
      <ConsoleTool label={t('searchNext')} icon={<ChevronDown />} onClick={() => find(text, 'next')} />
      <ConsoleTool label={t('closeSearch')} icon={<X />} onClick={close} />
    </span>
  );
}
