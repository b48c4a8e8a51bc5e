'use client';
import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '@/components/ui/Button';
import { Section } from '@/components/ui/Section';
import { whyNot } from '@/contract/instance-actions';
import type { Instance } from '@/contract/schemas/instance';
import { limits } from '@/contract/units';
import { AddDisk } from './AddDisk';
import { DiskRow } from './DiskRow';

/** The instance's disks, each with what can be done to it. */
export function DisksSection({ instance }: { instance: Instance }) {
  const t = useTranslations('machine.disks');
  const overview = useTranslations('instances.overview');
  const { disks } = instance;
  return (
    <Section title={overview('disks')} actions={<AddButton instance={instance} />}>
      {disks.length === 0 ? (
        <p className="text-faint">
          {instance.diskTemplate === 'diskless' ? t('diskless') : overview('noDisks')}
        </p>
      ) : (
        <ul className="-my-2 divide-y divide-line">
          {disks.map((disk) => (
            <DiskRow key={disk.id} instance={instance} disk={disk} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function AddButton({ instance }: { instance: Instance }) {
  const t = useTranslations('machine.disks');
  const reasons = useTranslations('reasons');
  const [isOpen, setOpen] = useState(false);
  const { status, job, disks, diskTemplate } = instance;
  const refusal = whyNot('modify', status, job !== null);
  const hindrance = () => {
    if (diskTemplate === 'diskless') return t('diskless');
    if (disks.length >= limits.disks) return t('full', { count: limits.disks });
    return refusal && reasons(refusal);
  };
  return (
    <>
      <Button size="small" disabledReason={hindrance()} onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        {t('add')}
      </Button>
      {isOpen && <AddDisk instance={instance} onClose={() => setOpen(false)} />}
    </>
  );
}
