// The agent's version is the product's.
export { version as agentVersion } from '@/package.json';
