'use client';
// Where an image comes from: an address with its checksum, or a file of this computer.
import { useTranslations } from 'next-intl';
import { Controller } from 'react-hook-form';
import { Field } from '@/components/form/Field';
import { TextField } from '@/components/form/TextField';
import { RadioCards } from '@/components/ui/RadioCards';
import { type ImageForm, sources } from './image-form';

type Props = { form: ImageForm; kind: 'url' | 'upload'; onFile: (file: File | undefined) => void };

export function SourceFields({ form, kind, onFile }: Props) {
  const t = useTranslations('images.addSheet');
  return (
    <>
      <Controller
        control={form.control}
        name="source"
        render={({ field }) => (
          <RadioCards
            name="source"
            label={t('source')}
            columns={2}
            value={kind}
            onChange={(next) => field.onChange(sources[next])}
            cards={[
              { value: 'url', title: t('url'), help: t('urlHelp') },
              { value: 'upload', title: t('upload'), help: t('uploadHelp') },
            ]}
          />
        )}
      />
      {kind === 'url' ? (
        <UrlFields form={form} />
      ) : (
        <Field label={t('file')} error={form.formState.errors.source?.message}>
          {(wiring) => (
            <input
              {...wiring}
              type="file"
              className="text-soft file:mr-3 file:h-8 file:rounded-md file:border file:border-line-strong file:bg-panel file:px-3 file:font-medium file:text-ink hover:file:border-accent"
              onChange={({ target }) => onFile(target.files?.[0])}
            />
          )}
        </Field>
      )}
    </>
  );
}

function UrlFields({ form }: { form: ImageForm }) {
  const t = useTranslations('images.addSheet');
  const plain = { form, mono: true, spellCheck: false, autoComplete: 'off' } as const;
  return (
    <>
      <TextField {...plain} name="source.url" label={t('address')} help={t('addressHelp')} />
      <TextField {...plain} name="source.sha256" label={t('sha256')} help={t('sha256Help')} />
    </>
  );
}
