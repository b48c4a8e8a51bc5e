// Where the rail, the bottom bar and the palette lead, for each role.
import {
  Activity,
  Boxes,
  HardDrive,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  Monitor,
  Server,
  UserRound,
  Users,
} from 'lucide-react';
import { pages } from '@/contract/paths';
import type { Role } from '@/contract/permissions';

export type Destination = {
  name:
    'overview' | 'instances' | 'nodes' | 'clusters' | 'images' | 'jobs' | 'activity' | 'users' | 'account';
  href: string;
  Icon: LucideIcon;
};

const overview: Destination = { name: 'overview', href: pages.overview(), Icon: LayoutDashboard };
const instances: Destination = { name: 'instances', href: pages.instances(), Icon: Monitor };
const nodes: Destination = { name: 'nodes', href: pages.nodes(), Icon: Server };
const clusters: Destination = { name: 'clusters', href: pages.clusters(), Icon: Boxes };
const images: Destination = { name: 'images', href: pages.images(), Icon: HardDrive };
const jobs: Destination = { name: 'jobs', href: pages.jobs(), Icon: ListChecks };
const activity: Destination = { name: 'activity', href: pages.activity(), Icon: Activity };
const users: Destination = { name: 'users', href: pages.users(), Icon: Users };
const account: Destination = { name: 'account', href: pages.account(), Icon: UserRound };

export const destinations: Record<Role, readonly Destination[]> = {
  operator: [overview, instances, nodes, clusters, images, jobs, activity, users],
  customer: [instances, jobs, activity, account],
};

export function isWithin(path: string, href: string): boolean {
  return href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
}
