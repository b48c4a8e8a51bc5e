import { expect, it } from 'vitest';
import type { ClusterHvParams } from '@/contract/schemas/cluster-hv-params';
import { refusedKind, toClusterParams, toValues } from './hv-param-values';

it('comes back as it was, with what is set for hypervisors that the cluster does not offer now', () => {
  const hvParams: ClusterHvParams = {
    migrationBandwidthMiBs: 50,
    kinds: { kvm: { diskBus: 'scsi' }, 'xen-pvm': { kernelPath: '/boot/vmlinuz', screen: true } },
  };
  expect(toClusterParams(toValues(hvParams))).toEqual({ hvParams, wrong: null });
  expect(toClusterParams(toValues({ kinds: {} }))).toEqual({ hvParams: { kinds: {} }, wrong: null });
});

it('names what is no value, and for which hypervisor', () => {
  const values = toValues({ kinds: { 'xen-hvm': { vga: 'std' } } });
  values.hvParams.migrationDowntimeMs = 'soon';
  values.hvParams.kinds['xen-pvm'] = { kernelPath: '/etc/shadow', cpuWeight: '0' };
  expect(toClusterParams(values)).toEqual({
    hvParams: null,
    wrong: {
      limits: ['migrationDowntimeMs'],
      kinds: [{ kind: 'xen-pvm', names: ['kernelPath', 'cpuWeight'] }],
    },
  });
});

it('finds the hypervisor whose parameter was refused', () => {
  const refusal = (...path: string[]) => ({ details: { issues: [{ path, message: 'No.' }] } });
  expect(refusedKind(refusal('hvParams', 'kinds', 'xen-pvm', 'vga'))).toBe('xen-pvm');
  expect(refusedKind(refusal('bridges'))).toBeNull();
  expect(refusedKind(new Error('offline'))).toBeNull();
});
