'use client';
import { zodResolver } from '@hookform/resolvers/zod';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { clustersQuery } from '@/client/clusters';
import { asAppError } from '@/client/fetch-json';
import { useCreateImage } from '@/client/images';
import { Field } from '@/components/form/Field';
import { SheetForm } from '@/components/form/SheetForm';
import { TextField } from '@/components/form/TextField';
import { CheckboxField } from '@/components/ui/Checkbox';
import { RadioCards } from '@/components/ui/RadioCards';
import { Select } from '@/components/ui/Select';
import { ForeignFormat } from '@/contract/schemas/image';
import { guessImage } from './guess-image';
import { firstImageValues, type ImageForm, ImageValues, sources } from './image-form';
import { SourceFields } from './SourceFields';
import type { Uploading } from './UploadSheet';

type Props = { onClose: () => void; onAdded: (uploading: Uploading | null) => void };

export function AddImageForm({ onClose, onAdded }: Props) {
  const t = useTranslations('images.addSheet');
  const clusters = useQuery(clustersQuery()).data?.items ?? [];
  const [first] = clusters;
  const [file, setFile] = useState<File | null>(null);
  const create = useCreateImage();
  const form: ImageForm = useForm({
    resolver: zodResolver(ImageValues),
    values: first && { ...firstImageValues, clusterId: first.id },
    resetOptions: { keepDirtyValues: true },
  });
  const { kind } = useWatch({ control: form.control, name: 'source' }) ?? sources.url;
  const chooseFile = (chosen: File | undefined) => {
    if (!chosen) return;
    setFile(chosen);
    const { name, format } = guessImage(chosen.name);
    const touch = { shouldDirty: true, shouldValidate: true };
    if (form.getValues('name') === '') form.setValue('name', name, touch);
    form.setValue('format', format);
    form.setValue('source', { ...sources.upload, bytes: chosen.size }, touch);
  };
  return (
    <SheetForm
      open
      onClose={onClose}
      title={t('title')}
      description={t('description')}
      form={form}
      onSubmit={async (values) => {
        const image = await create.mutateAsync(values);
        onAdded(values.source.kind === 'upload' && file ? { image, file } : null);
      }}
      pending={create.isPending}
      error={create.error && asAppError(create.error)}
      submitLabel={t('submit')}
      submitDisabledReason={kind === 'upload' && !file ? t('fileMissing') : undefined}
    >
      <SourceFields form={form} kind={kind} onFile={chooseFile} />
      <TextField form={form} name="name" autoComplete="off" label={t('name')} />
      <FormatCards form={form} />
      {clusters.length > 1 && (
        <Field label={t('cluster')}>
          {(wiring) => (
            <Select
              {...wiring}
              {...form.register('clusterId')}
              options={clusters.map(({ id, name }) => ({ value: id, label: name }))}
            />
          )}
        </Field>
      )}
      <CheckboxField label={t('public')} {...form.register('isPublic')} />
    </SheetForm>
  );
}

function FormatCards({ form }: { form: ImageForm }) {
  const t = useTranslations('images.addSheet');
  return (
    <Controller
      control={form.control}
      name="format"
      render={({ field }) => (
        <RadioCards
          name="format"
          label={t('format')}
          columns={2}
          value={field.value ?? firstImageValues.format}
          onChange={field.onChange}
          cards={ForeignFormat.options.map((format) => ({
            value: format,
            title: t(`formats.${format}`),
            help: t(`formatHelp.${format}`),
          }))}
        />
      )}
    />
  );
}
