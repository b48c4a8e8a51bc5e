'use client';
// A bridge by its name, for one that no node has yet. It is a form within a form: Enter adds the bridge and submits nothing.
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Field } from '@/components/form/Field';
import { Button } from '@/components/ui/Button';
import { Input } from '@/components/ui/Input';
import { BridgeName } from '@/contract/names';

export function BridgeEntry({ onAdd }: { onAdd: (name: string) => void }) {
  const t = useTranslations('clusters.networks');
  const [name, setName] = useState('');
  const [isRefused, setRefused] = useState(false);
  const add = () => {
    const bridge = BridgeName.safeParse(name.trim());
    setRefused(!bridge.success);
    if (!bridge.success) return;
    onAdd(bridge.data);
    setName('');
  };
  return (
    <Field
      label={t('otherBridge')}
      help={t('otherBridgeHelp')}
      error={isRefused ? t('invalidBridge') : undefined}
    >
      {(wiring) => (
        <div className="flex gap-2">
          <Input
            {...wiring}
            mono
            className="w-40!"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={name}
            onChange={({ target }) => setName(target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault();
              add();
            }}
          />
          <Button onClick={add}>{t('addBridge')}</Button>
        </div>
      )}
    </Field>
  );
}
