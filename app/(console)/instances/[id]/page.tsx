import { InstanceOverview } from '@/components/instances/detail/InstanceOverview';

type Props = { params: Promise<{ id: string }> };

export default async function InstancePage({ params }: Props) {
  return <InstanceOverview id={(await params).id} />;
}
