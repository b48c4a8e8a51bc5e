'use client';
import { useTranslations } from 'next-intl';
import type { AuditEntry } from '@/contract/schemas/audit';
import { formatDuration } from '@/components/ui/relative-time';
import { formatMiB } from '@/contract/units';
import { type AuditChange, changesOf } from './audit-changes';

/** Why it failed, or what was changed from what to what; nothing for most entries. */
export function AuditDetail({ entry }: { entry: AuditEntry }) {
  const t = useTranslations('activity');
  const words = useChangeWords();
  const { message, cluster, seconds } = entry.details;
  const parts = [
    ...changesOf(entry).map(words),
    ...(typeof cluster === 'string' && entry.action === 'quota.update' ? [t('onCluster', { cluster })] : []),
    ...(typeof seconds === 'number' ? [t('seconds', { duration: formatDuration(seconds * 1000) })] : []),
    ...(typeof message === 'string' ? [message] : []),
  ];
  if (parts.length === 0) return null;
  return <span className="block text-sm wrap-anywhere text-faint">{parts.join(' · ')}</span>;
}

const fields = [
  'name',
  'role',
  'acceleratorSetting',
  'instances',
  'vcpus',
  'memoryMiB',
  'diskMiB',
  'quotaInstances',
  'quotaVcpus',
  'quotaMemoryMiB',
  'quotaDiskMiB',
  'quotaPolicy',
  'hypervisors',
  'diskTemplates',
  'bridges',
  'userNetwork',
] as const;
const flags = ['disabled', 'drained'] as const;

function useChangeWords() {
  const t = useTranslations('activity');
  const valueWord = (field: string, value: unknown): string => {
    if (value === null || value === undefined || value === 'unlimited') return t('values.unlimited');
    if (value === 'inherit') return t('values.inherit');
    if (typeof value === 'boolean') return t(value ? 'values.yes' : 'values.no');
    if (typeof value === 'number') return field.endsWith('MiB') ? formatMiB(value) : String(value);
    if (Array.isArray(value)) return value.length > 0 ? value.join(', ') : t('values.none');
    return String(value);
  };
  return ({ field, before, after }: AuditChange): string => {
    const flag = flags.find((name) => name === field);
    if (flag) return t(`flags.${flag}.${after === true ? 'on' : 'off'}`);
    const known = fields.find((name) => name === field);
    return t('change', {
      what: known ? t(`fields.${known}`) : field,
      before: valueWord(field, before),
      after: valueWord(field, after),
    });
  };
}
