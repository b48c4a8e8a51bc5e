/** "choose-node" -> "Choose node": the names of steps are verb and object, so they read well as they are. */
export function wordsOfStep(name: string): string {
  const words = name.replaceAll(/[-_]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
