// Reads what `apt-cache show` prints: paragraphs of `Field: value`.
export type DebianPackage = { name: string; version: string; depends: string[] };

/** The first paragraph that names a package and a version; null when there is none. */
export function parsePackage(text: string): DebianPackage | null {
  for (const paragraph of text.split(/\n\s*\n/)) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1]?.trim();
    const [name, version] = [field('Package'), field('Version')];
    if (name && version) return { name, version, depends: parseDepends(field('Depends') ?? '') };
  }
  return null;
}

/** `a (= 1), b | c` -> a, b: names without versions, of alternatives the first. */
function parseDepends(text: string): string[] {
  const first = text.split(',').map((part) => part.split('|')[0] ?? '');
  return first
    .map((part) =>
      part
        .replace(/\(.*\)/, '')
        .trim()
        .replace(/:\w+$/, ''),
    )
    .filter((name) => name !== '');
}
