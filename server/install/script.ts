// The script that makes a machine a node, or upgrades its agent, written for one console and one pair of programs.
// Invariants: it changes nothing that runs before everything that it needs is there and proven by checksum, and it may be run again.
import {
  agentDataFolder,
  agentFolder,
  agentPort,
  agentUnit,
  joinTokenFile,
  joinTokenVariable,
} from '@/contract/agent-install';
import { api } from '@/contract/paths';
import type { AgentPrograms } from './programs';
import { installSteps } from './script-steps';
import { agentUnitText } from './unit';

/** Debian packages of the programs that an agent starts, and of the library that its runtime is linked with. */
export const nodePackages = [
  ...['lvm2', 'drbd-utils', 'qemu-utils', 'iproute2', 'e2fsprogs', 'kmod'],
  ...['libstdc++6', 'passwd'],
];
/** Besides, what instances run with: where Xen runs already, what it needs for HVM and screens, and for kernels on instances' disks. */
const kvmPackages = ['qemu-system-x86'];
const xenPackages = ['xen-utils-common', 'qemu-system-xen', 'grub-xen-host'];

export type ScriptRequest = AgentPrograms & { url: string };

export function installScript({ url, bundle, runtime }: ScriptRequest): string {
  const settingsFile = '/etc/default/corral-agent';
  const variables = {
    console: url,
    bundle_path: api.agentBundle(),
    bundle_sha256: bundle.sha256,
    runtime_path: api.agentRuntime(),
    runtime_sha256: runtime.sha256,
    folder: agentFolder,
    data: agentDataFolder,
    token_file: `${agentDataFolder}/${joinTokenFile}`,
    unit: agentUnit,
    unit_file: `/etc/systemd/system/${agentUnit}`,
    settings: settingsFile,
    port: String(agentPort),
    packages: nodePackages.join(' '),
    kvm_packages: kvmPackages.join(' '),
    xen_packages: xenPackages.join(' '),
    status_format: '${db:Status-Status}',
  };
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quote(value)}`);
  return `#!/bin/sh
# Makes this machine a node of the Corral console at ${url}, or upgrades its agent. Instances keep running.
# Options: --help
set -eu

${lines.join('\n')}

# Nothing that is started from here inherits the token.
token=\${${joinTokenVariable}:-}
unset ${joinTokenVariable}
patience=\${CORRAL_WAIT_SECONDS:-180}

unit_text() {
  cat <<'UNIT'
${agentUnitText(settingsFile)}UNIT
}

${installSteps}
main "$@"
`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
