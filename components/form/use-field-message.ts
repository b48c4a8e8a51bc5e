'use client';
import { useTranslations } from 'next-intl';
import { fieldMessageKey } from '@/contract/field-messages';

/** Says in the page's language what is wrong with a field; a text that is made up on the server stays as it is. */
export function useFieldMessage(): (text: string) => string {
  const t = useTranslations('form.problems');
  return (text) => {
    const key = fieldMessageKey(text);
    return key ? t(key) : text;
  };
}
