// How systemd runs an installed agent.
import {
  agentDataFolder,
  agentFolder,
  agentHeap,
  agentNodeOptions,
  joinTokenFile,
} from '@/contract/agent-install';

/** Options of `agent.mjs run` and the variables of the settings file that they come from. An empty one counts as not given. */
export const agentSettings = {
  listen: 'CORRAL_LISTEN',
  advertise: 'CORRAL_ADVERTISE',
  name: 'CORRAL_NODE_NAME',
  'replication-address': 'CORRAL_REPLICATION_ADDRESS',
  url: 'CORRAL_URL',
} as const;

export function agentUnitText(settingsFile: string): string {
  const options = Object.entries(agentSettings).map(([option, variable]) => `--${option} \${${variable}}`);
  const heap = Object.entries(agentHeap).map(([name, value]) => `${name}=${value}`);
  return `[Unit]
Description=Corral agent
Wants=network-online.target
After=network-online.target
# Without either it has nothing to do: it has left its console, or was never told of one.
ConditionPathExists=|${agentDataFolder}/identity.json
ConditionPathExists=|${agentDataFolder}/${joinTokenFile}
StartLimitIntervalSec=0

[Service]
EnvironmentFile=${settingsFile}
ExecStart=${agentFolder}/node ${agentFolder}/agent.mjs run --data ${agentDataFolder} ${options.join(' ')}
Restart=always
RestartSec=5
# Small also after a busy console.
Environment=NODE_ENV=production NODE_OPTIONS=${agentNodeOptions}
Environment=${heap.join(' ')}
# Instances outlive the agent, and the end of one is no reason to stop it.
KillMode=process
OOMPolicy=continue
OOMScoreAdjust=-500
# Every instance has a dozen of them.
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`;
}
