'use client';
import { useMessages, useTranslations } from 'next-intl';

/** What a step does, in words. A job of another version may have had steps that this one has no words for: their names are read as words. */
export function useStepWords(): (name: string) => string {
  const t = useTranslations('jobs.stepNames');
  const known = useMessages().jobs.stepNames;
  const isKnown = (name: string): name is keyof typeof known => name in known;
  return (name) => (isKnown(name) ? t(name) : name.replaceAll('-', ' '));
}
