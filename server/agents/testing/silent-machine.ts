// Machines that are silent without a word of goodbye, as after a power cut: the connection stays open and nothing is answered.
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export type SilentMachine = { address: string; close(): void };

/** Accepts connections and never says anything, so that no TLS handshake comes to an end. */
export async function startSilentMachine(): Promise<SilentMachine> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => socket.destroy()));
  });
  return {
    address: await listenLocally(server),
    close: () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}

export type Passage = SilentMachine & {
  /** From now on nothing passes on the connections that are open; new ones are as good as before. */
  freeze(): void;
};

/** Passes everything on to `to`, until it is frozen. */
export async function startPassage(to: string): Promise<Passage> {
  const pairs = new Set<[Socket, Socket]>();
  const [host, port] = to.split(':');
  const server = createServer((socket) => {
    const onward = connect(Number(port), host);
    pairs.add([socket, onward]);
    socket.on('error', () => onward.destroy()).pipe(onward);
    onward.on('error', () => socket.destroy()).pipe(socket);
  });
  return {
    address: await listenLocally(server),
    freeze: () => {
      for (const [socket, onward] of pairs) for (const one of [socket, onward]) one.unpipe().pause();
    },
    close: () => {
      server.close();
      for (const [socket, onward] of pairs) for (const one of [socket, onward]) one.destroy();
    },
  };
}

async function listenLocally(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server's address is never a pipe's name.
  const { port } = server.address() as AddressInfo;
  return `127.0.0.1:${port}`;
}
