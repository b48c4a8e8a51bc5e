// Cuts QMP's byte stream into JSON messages; a line without end is refused so that memory stays bounded.
const maxLineBytes = 8 * 1024 * 1024;

/** Feed it chunks; it calls back with each parsed message and throws on what is no JSON or far too long. */
export function createLineReader(onMessage: (message: unknown) => void): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let bytes = 0;
  return (chunk) => {
    let rest = chunk;
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      const line = Buffer.concat([...parts, rest.subarray(0, at)])
        .toString('utf8')
        .trim();
      parts = [];
      bytes = 0;
      rest = rest.subarray(at + 1);
      if (line !== '') onMessage(JSON.parse(line));
    }
    if (rest.length === 0) return;
    parts.push(rest);
    bytes += rest.length;
    if (bytes > maxLineBytes) throw new Error(`A QMP message is longer than ${maxLineBytes} bytes`);
  };
}
