// All figures and names that a sentence about a finding may have: what a finding lacks of them is empty.
const names = { disks: '', node: '', nodes: '', peer: '', secondary: '', instance: '', volume: '', pool: '' };
const things = { bridge: '', vg: '', os: '', kind: '', kinds: '', version: '', agentVersion: '', usual: '' };
const words = { detail: '', script: '', problem: '', says: '', mend: '', has: '', known: '' };
const figures = { count: 0, days: 0, seconds: 0, minor: 0 };

export const noValues = { ...names, ...things, ...words, ...figures };
