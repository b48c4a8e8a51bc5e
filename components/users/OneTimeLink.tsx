'use client';
import { useTranslations } from 'next-intl';
import { CopyText } from '@/components/ui/CopyText';
import { RelativeTime } from '@/components/ui/RelativeTime';
import type { PasswordLink } from '@/contract/schemas/user';

/** A link that is shown now and never again. */
export function OneTimeLink({ link, text }: { link: PasswordLink; text: string }) {
  const t = useTranslations('users.link');
  return (
    <div className="grid gap-2">
      <p>{text}</p>
      <CopyText text={link.url} look="block" />
      <p className="text-sm text-faint">
        {t.rich('expires', { at: () => <RelativeTime at={link.expiresAt} /> })}
      </p>
    </div>
  );
}
