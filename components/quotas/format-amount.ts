import type { QuotaResource } from '@/contract/schemas/quota';
import { formatMiB } from '@/contract/units';

export function formatAmount(resource: QuotaResource, amount: number): string {
  return resource === 'memoryMiB' || resource === 'diskMiB' ? formatMiB(amount) : String(amount);
}
