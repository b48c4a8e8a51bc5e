import { SetupError } from './report.mjs';

/** @param {string} version as in process.versions.node */
export function isSupportedNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === 20) return minor >= 19;
  if (major === 22) return minor >= 12;
  return major > 22;
}

export function checkNodeVersion(version = process.versions.node) {
  if (isSupportedNode(version)) return;
  throw new SetupError(`Corral needs Node.js 20.19 or later (20 or 22 and up); this is ${version}`);
}
