import type { UseFormReturn } from 'react-hook-form';
import type { CreateOffer } from '@/contract/schemas/cluster';
import type { InstanceCreate, InstanceCreateInput } from '@/contract/schemas/instance';

export type CreateForm = UseFormReturn<InstanceCreateInput, unknown, InstanceCreate>;

/** What every part of the form works on: the values, and what the chosen cluster offers. */
export type CreatePart = { form: CreateForm; offer: CreateOffer };
