import { useTranslations } from 'next-intl';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { EmptyState } from '@/components/ui/EmptyState';
import { pages } from '@/contract/paths';

export default function NotFoundPage() {
  const t = useTranslations('frame.notFound');
  return (
    <main className="grid min-h-screen place-items-center">
      <title>Corral</title>
      <EmptyState
        as="h1"
        title={t('title')}
        action={<ButtonLink href={pages.overview()}>{t('back')}</ButtonLink>}
      >
        {t('text')}
      </EmptyState>
    </main>
  );
}
