// The text of a terminal as a file: wrapped rows joined to the line that they were, trailing blanks dropped.

type Row = { isWrapped: boolean; translateToString(trimRight?: boolean): string };
export type RowBuffer = { length: number; getLine(index: number): Row | undefined };

export function textOfBuffer(buffer: RowBuffer): string {
  const lines: string[] = [];
  for (let index = 0; index < buffer.length; index++) {
    const row = buffer.getLine(index);
    if (!row) continue;
    const isContinued = buffer.getLine(index + 1)?.isWrapped ?? false;
    const text = row.translateToString(!isContinued);
    if (row.isWrapped && lines.length > 0) lines.push((lines.pop() ?? '') + text);
    else lines.push(text);
  }
  while (lines.at(-1) === '') lines.pop();
  return lines.length > 0 ? `${lines.join('\n')}\n` : '';
}

/** "web1-serial-2026-01-31-120455.txt" */
export function sessionFileName({
  name,
  kind,
  at,
  ending,
}: {
  name: string;
  kind: string;
  at: Date;
  ending: string;
}): string {
  const stamp = at.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  return `${name}-${kind}-${stamp}.${ending}`;
}
