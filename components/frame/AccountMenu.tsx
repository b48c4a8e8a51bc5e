'use client';
import { LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { useRouter } from 'next/navigation';
import { useViewer } from '@/client/session';
import { signOut } from '@/client/sign-in';
import { Button } from '@/components/ui/Button';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/Menu';
import { pages } from '@/contract/paths';

const themes = [
  { name: 'light', Icon: Sun },
  { name: 'dark', Icon: Moon },
  { name: 'system', Icon: Monitor },
] as const;

export function AccountMenu() {
  const t = useTranslations('frame.account');
  const roles = useTranslations('states.role');
  const viewer = useViewer();
  const router = useRouter();
  const { theme = 'system', setTheme } = useTheme();
  const leave = async () => {
    await signOut().catch(() => {});
    window.location.assign(pages.signIn());
  };
  return (
    <Menu
      trigger={
        <Button look="quiet" size="small" aria-label={t('menu', { name: viewer.name })} className="max-w-44">
          <UserRound />
          <span className="truncate max-md:hidden">{viewer.name}</span>
        </Button>
      }
    >
      <div className="px-2 py-1.5">
        <p className="font-medium">{viewer.name}</p>
        <p className="text-sm text-faint">
          {viewer.login} · {roles(viewer.role)}
        </p>
      </div>
      <MenuSeparator />
      <MenuItem icon={<UserRound />} onSelect={() => router.push(pages.account())}>
        {t('settings')}
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>{t('theme')}</MenuLabel>
      {themes.map(({ name, Icon }) => (
        <MenuItem
          key={name}
          icon={<Icon />}
          hint={theme === name ? '✓' : null}
          onSelect={() => setTheme(name)}
        >
          {t(name)}
        </MenuItem>
      ))}
      <MenuSeparator />
      <MenuItem icon={<LogOut />} onSelect={() => void leave()}>
        {t('signOut')}
      </MenuItem>
    </Menu>
  );
}
