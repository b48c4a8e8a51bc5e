'use client';
import { usePathname } from 'next/navigation';
import { useCrumbLabel } from './crumbs';

/** Names the resource of this page in the breadcrumbs: `/instances/<id>/…` shows `label` in place of the id. */
export function Crumb({ label }: { label: string }) {
  const path = usePathname().split('/').slice(0, 3).join('/');
  useCrumbLabel(path, label);
  return null;
}
