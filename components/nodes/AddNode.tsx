'use client';
// Makes a join token and shows, once, the command with which a machine becomes a node.
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { clustersQuery } from '@/client/clusters';
import { useCreateJoinToken } from '@/client/nodes';
import { Field } from '@/components/form/Field';
import { Button } from '@/components/ui/Button';
import { CopyText } from '@/components/ui/CopyText';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { Select } from '@/components/ui/Select';
import { Sheet } from '@/components/ui/Sheet';
import type { JoinToken } from '@/contract/schemas/node';

export function AddNode() {
  const t = useTranslations('nodes');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        {t('add')}
      </Button>
      <Sheet
        open={isOpen}
        onClose={() => setOpen(false)}
        title={t('addSheet.title')}
        description={t('addSheet.description')}
      >
        <JoinCommand />
      </Sheet>
    </>
  );
}

/** Mounted only while the sheet is open: a token that was shown is gone when it closes. */
function JoinCommand() {
  const t = useTranslations('nodes.addSheet');
  const { data: clusters } = useQuery(clustersQuery());
  const [chosen, setChosen] = useState<string>();
  const make = useCreateJoinToken();
  const clusterId = chosen ?? clusters?.items[0]?.id;
  return (
    <div className="grid gap-4">
      <Field label={t('cluster')}>
        {(wiring) => (
          <Select
            {...wiring}
            value={clusterId ?? ''}
            onChange={(event) => setChosen(event.target.value)}
            options={(clusters?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          />
        )}
      </Field>
      {make.error && <ErrorPanel error={make.error} compact />}
      {make.data ? (
        <ShownOnce token={make.data} />
      ) : (
        <div>
          <Button
            look="primary"
            pending={make.isPending}
            onClick={() => clusterId && make.mutate({ clusterId })}
          >
            {t('make')}
          </Button>
        </div>
      )}
    </div>
  );
}

const steps = ['doesDownload', 'doesPackages', 'doesAgent', 'doesCheck'] as const;

function ShownOnce({ token }: { token: JoinToken }) {
  const t = useTranslations('nodes.addSheet');
  return (
    <div className="grid gap-2">
      <p>{t('runThis')}</p>
      <CopyText text={token.command} look="block" />
      <div className="text-sm text-soft">
        <p>{t('does')}</p>
        <ol className="list-decimal pl-5">
          {steps.map((step) => (
            <li key={step}>{t(step)}</li>
          ))}
        </ol>
        <p className="pt-2">{t('options')}</p>
      </div>
      <p className="text-sm text-faint">
        {t.rich('expires', { at: () => <RelativeTime at={token.expiresAt} /> })} {t('appears')}
      </p>
    </div>
  );
}
