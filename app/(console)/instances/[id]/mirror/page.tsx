import { InstanceMirrors } from '@/components/instances/mirror/InstanceMirrors';

type Props = { params: Promise<{ id: string }> };

export default async function InstanceMirrorPage({ params }: Props) {
  return <InstanceMirrors id={(await params).id} />;
}
