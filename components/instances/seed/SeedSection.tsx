'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { seedQuery } from '@/client/instance-seed';
import { Button } from '@/components/ui/Button';
import { Section } from '@/components/ui/Section';
import type { Instance } from '@/contract/schemas/instance';
import { SeedSheet } from './SeedSheet';

/** Systems of these kinds know nothing of cloud-init. */
const without: Instance['os']['kind'][] = ['tiny', 'script'];

export function SeedSection({ instance }: { instance: Instance }) {
  const t = useTranslations('instances.seed');
  const [isEditing, setEditing] = useState(false);
  const isOffered = !without.includes(instance.os.kind);
  const { data } = useQuery({ ...seedQuery(instance.id), enabled: isOffered });
  if (!isOffered) return null;
  const seed = data?.seed ?? null;
  return (
    <Section
      title={t('title')}
      actions={
        <Button size="small" onClick={() => setEditing(true)} disabledReason={data ? null : t('loading')}>
          {t('edit')}
        </Button>
      }
    >
      <p className="text-soft">
        {seed
          ? t('holds', { keys: seed.sshKeys.length, hasUserData: seed.userData === '' ? 'no' : 'yes' })
          : t('none')}
      </p>
      {isEditing && <SeedSheet instance={instance} seed={seed} onClose={() => setEditing(false)} />}
    </Section>
  );
}
