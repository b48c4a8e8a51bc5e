import { ConsoleTab } from '@/components/instances/detail/ConsoleTab';

type Props = { params: Promise<{ id: string }> };

export default async function InstanceSerialPage({ params }: Props) {
  return <ConsoleTab id={(await params).id} kind="serial" />;
}
