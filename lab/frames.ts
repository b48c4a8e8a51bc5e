// How QEMU's `-netdev stream` sends Ethernet frames: each after its length, four bytes, big-endian.
const headerBytes = 4;
/** More than any frame that QEMU sends (NET_BUFSIZE): whoever announces more speaks something else. */
const maxFrameBytes = 4_096 + 65_536;

/** Cuts a stream into messages of one frame each, header included; what is incomplete waits for the next chunk. Throws on nonsense. */
export function createFrameReader(onMessage: (message: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    while (rest.length - at >= headerBytes) {
      const end = at + headerBytes + rest.readUInt32BE(at);
      if (end - at > maxFrameBytes) throw new Error(`A frame of ${end - at} bytes`);
      if (end > rest.length) break;
      onMessage(rest.subarray(at, end));
      at = end;
    }
    rest = rest.subarray(at);
  };
}

/** 12 hexadecimal digits. */
export function destinationOf(message: Buffer): string {
  return message.toString('hex', headerBytes, headerBytes + 6);
}

export function sourceOf(message: Buffer): string {
  return message.toString('hex', headerBytes + 6, headerBytes + 12);
}

/** Broadcasts too. */
export function isMulticast(message: Buffer): boolean {
  return (message.readUInt8(headerBytes) & 1) === 1;
}
