'use client';
import { Ellipsis } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useUpdateImage } from '@/client/images';
import { Button } from '@/components/ui/Button';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/Menu';
import type { Image } from '@/contract/schemas/image';
import { RemoveImage } from './RemoveImage';

export function ImageMenu({ image }: { image: Image }) {
  const t = useTranslations('images');
  const [isRemoving, setRemoving] = useState(false);
  const update = useUpdateImage();
  const { id, name, isPublic, job } = image;
  return (
    <>
      <Menu
        trigger={
          <Button look="quiet" size="small" aria-label={t('menu', { name })} pending={update.isPending}>
            <Ellipsis aria-hidden className="size-4" />
          </Button>
        }
      >
        <MenuItem onSelect={() => update.mutate({ id, isPublic: !isPublic })}>
          {t(isPublic ? 'makePrivate' : 'makePublic')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem danger onSelect={() => setRemoving(true)} disabledReason={job && t('busy', { id: job.id })}>
          {t('remove')}
        </MenuItem>
      </Menu>
      {isRemoving && <RemoveImage image={image} onClose={() => setRemoving(false)} />}
    </>
  );
}
