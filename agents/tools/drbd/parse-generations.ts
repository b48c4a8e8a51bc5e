// `drbdsetup get-gi`: the data generations of one side, `current:bitmap:history…:flags…`.

const generation = /^[0-9A-F]{16}$/;

/**
 * Newest first: current, bitmap, then history. Without the lowest bit, which only tells that the side was primary: sides whose other bits are
 * the same hold the same generation.
 */
export function parseGenerations(text: string): string[] {
  const fields = text.trim().toUpperCase().split(':');
  return fields.filter((field) => generation.test(field)).map(withoutRole);
}

function withoutRole(field: string): string {
  const last = Number.parseInt(field.slice(-1), 16) & ~1;
  return field.slice(0, -1) + last.toString(16).toUpperCase();
}
