'use client';
import { AccountMenu } from './AccountMenu';
import { Breadcrumbs } from './Breadcrumbs';
import { JobsButton } from './JobsButton';
import { KeysHelp } from './KeysHelp';
import { LiveMark } from './LiveMark';
import { PaletteButton } from './PaletteButton';

export function TopBar() {
  return (
    <header className="sticky top-0 z-20 flex h-12 shrink-0 items-center gap-2 border-b border-line bg-canvas px-6 max-sm:px-4">
      <Breadcrumbs />
      <div className="ml-auto flex shrink-0 items-center gap-1">
        <PaletteButton />
        <JobsButton />
        <LiveMark />
        <AccountMenu />
        <KeysHelp />
      </div>
    </header>
  );
}
