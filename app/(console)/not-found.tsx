import { useTranslations } from 'next-intl';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { EmptyState } from '@/components/ui/EmptyState';
import { pages } from '@/contract/paths';

/** Inside the frame, so that one can go on from here. */
export default function NotFoundInConsole() {
  const t = useTranslations('frame.notFound');
  return (
    <EmptyState
      as="h1"
      title={t('title')}
      action={<ButtonLink href={pages.instances()}>{t('toInstances')}</ButtonLink>}
    >
      {t('text')}
    </EmptyState>
  );
}
