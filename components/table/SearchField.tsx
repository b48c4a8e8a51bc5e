'use client';
// Searches while one types, a moment after the last key. `/` leads here.
import { Search } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import { Input } from '@/components/ui/Input';
import { Kbd } from '@/components/ui/Kbd';
import { useShortcut } from '@/components/ui/shortcuts';

const pauseMs = 200;

type Props = { label: string; value: string; onSearch: (text: string) => void };

export function SearchField({ label, value, onSearch }: Props) {
  const t = useTranslations('table');
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // What is typed but not yet searched for; null: the URL tells.
  const [typed, setTyped] = useState<string | null>(null);
  useShortcut('/', () => input.current?.select(), { label: t('keys.search') });
  const search = (text: string) => {
    clearTimeout(timer.current);
    setTyped(null);
    if (text.trim() !== value) onSearch(text.trim());
  };
  const type = (text: string) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => search(text), pauseMs);
  };
  return (
    <div className="group relative w-64 max-sm:w-full">
      <Search aria-hidden className="absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 text-faint" />
      <Input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        maxLength={100}
        value={typed ?? value}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') search(event.currentTarget.value);
          if (event.key === 'Escape') {
            search('');
            event.currentTarget.blur();
          }
        }}
        className="pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden"
      />
      <span className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 group-focus-within:hidden max-sm:hidden">
        <Kbd>/</Kbd>
      </span>
    </div>
  );
}
