// Run as a process of its own that a test can kill: installs the tiny OS on the disk that is named as its argument.
import { defineGuest } from '../../hypervisors/testing/kvm-lab';
import { tinyOsForTests } from './tiny-os';

const tiny = await tinyOsForTests();
await tiny.install(
  { definition: defineGuest(), diskPaths: process.argv.slice(2, 3) },
  { log() {}, progress() {} },
);
