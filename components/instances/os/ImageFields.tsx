'use client';
// Which disk image the instance begins with.
import { useTranslations } from 'next-intl';
import { Field } from '@/components/form/Field';
import { Select } from '@/components/ui/Select';
import { imageDiskMiB, type ImageChoice, type ImageOffer } from '@/contract/schemas/image';
import { formatMiB } from '@/contract/units';

type Props = {
  choice: ImageChoice;
  offers: readonly ImageOffer[];
  error: string | undefined;
  onChange: (choice: ImageChoice) => void;
};

export function chooseImage({ id: imageId, name }: ImageOffer): ImageChoice {
  return { kind: 'image', imageId, name };
}

export function ImageFields({ choice, offers, error, onChange }: Props) {
  const t = useTranslations('instances.form');
  const { imageId, name = imageId } = choice;
  const isOffered = offers.some(({ id }) => id === imageId);
  const choose = (id: string) => {
    const chosen = offers.find((offer) => offer.id === id);
    if (chosen) onChange(chooseImage(chosen));
  };
  return (
    <Field label={t('image')} error={error ?? (isOffered ? undefined : t('imageElsewhere', { name }))}>
      {(wiring) => (
        <Select
          {...wiring}
          value={imageId}
          options={[
            ...(isOffered ? [] : [{ value: imageId, label: name }]),
            ...offers.map((offer) => ({
              value: offer.id,
              label: t('imageSize', { name: offer.name, size: formatMiB(imageDiskMiB(offer)) }),
            })),
          ]}
          onChange={({ target }) => choose(target.value)}
        />
      )}
    </Field>
  );
}
