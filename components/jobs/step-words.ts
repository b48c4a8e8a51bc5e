/** "choose-node" -> "Choose node": the names of steps are verb and object, so they read well as they are. */
export function wordsOfStep(name: string): string {
  const words = name
    .replaceAll(/[-_]+/g, ' ')
    .replaceAll(/\b(?:os|nics?)\b/g, (word) => abbreviations[word] ?? word);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const abbreviations: Record<string, string> = { os: 'OS', nic: 'NIC', nics: 'NICs' };
