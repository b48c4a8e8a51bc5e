'use client';
// What will be made and what it takes, while one types.
import { useTranslations } from 'next-intl';
import { formatAmount } from '@/components/quotas/format-amount';
import { QuotaBar } from '@/components/quotas/QuotaBar';
import type { CreateOffer } from '@/contract/schemas/cluster';
import type { InstanceCreateInput } from '@/contract/schemas/instance';
import { fullScriptName } from '@/contract/schemas/os-script';
import { formatMiB } from '@/contract/units';
import { costOf, projectQuota, totalDiskMiB } from './quota-projection';
import { RoomFacts } from './RoomFacts';

type Props = { values: InstanceCreateInput; offer: CreateOffer };

export function CreateSummary({ values, offer }: Props) {
  const t = useTranslations('instances.summary');
  return (
    <section aria-label={t('title')} className="divide-y divide-line rounded-lg border border-line bg-panel">
      <MachineWords values={values} offer={offer} />
      <div className="grid gap-3 p-4">
        <h2 className="text-sm text-faint">
          {t('quotaOf', { owner: offer.quota.owner.name, cluster: offer.cluster.name })}
        </h2>
        <QuotaAfter values={values} offer={offer} />
      </div>
      <RoomFacts values={values} offer={offer} />
    </section>
  );
}

/** The owner's quota before and after, per resource; another owner's or another job's use moves the bars as it happens. */
function QuotaAfter({ values, offer: { quota } }: Props) {
  const t = useTranslations('instances.summary');
  const words = values.exceedQuota ? 'exceededAllowed' : 'exceeded';
  return projectQuota(quota, costOf(values, quota.policy)).map(({ resource, asked, excess }) => (
    <QuotaBar
      key={resource}
      resource={resource}
      line={quota.resources[resource]}
      asked={asked}
      note={excess > 0 ? t(words, { excess: formatAmount(resource, excess) }) : undefined}
    />
  ));
}

function MachineWords({ values, offer }: Props) {
  const t = useTranslations('instances.summary');
  const { os, disks, nics, vcpus, memoryMiB, nodeId, start } = values;
  const node = offer.nodes?.find(({ id }) => id === nodeId)?.name;
  const boot = {
    tiny: t('bootTiny'),
    none: t('bootNone'),
    image: os.kind === 'image' ? t('bootImage', { image: os.name ?? os.imageId }) : '',
    script: os.kind === 'script' ? t('bootScript', { os: fullScriptName(os) }) : '',
    iso: os.kind === 'iso' ? t('bootIso', { iso: os.iso }) : '',
  };
  const lines = [
    t('hardware', { vcpus: vcpus || 0, memory: formatMiB(memoryMiB || 0) }),
    t('disks', { count: disks.length, size: formatMiB(totalDiskMiB(values)) }),
    t('nics', { count: nics.length }),
    boot[os.kind],
    node ? t('onNode', { node }) : t('placed'),
    start === false ? t('staysOff') : t('starts'),
  ];
  return (
    <div className="p-4">
      <h2 className="mb-1 truncate font-mono font-semibold">
        {values.name || <span className="font-sans font-medium text-faint">{t('unnamed')}</span>}
      </h2>
      <ul className="text-soft">
        {lines.map((line) => (
          <li key={line} className="first-letter:uppercase">
            {line}
          </li>
        ))}
      </ul>
    </div>
  );
}
