import { connect as connectSocket, isIP, type Socket as NodeSocket, type OnReadOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Socket, SocketListener, TargetAddress } from './socket.ts';

/**
 * Reading one socket is done before the next is read, so they share one buffer: nothing is allocated for an answer.
 * (So it is on POSIX systems; libuv on Windows hands buffers out ahead.)
 */
const readBuffer = Buffer.allocUnsafeSlow(65_536);

/** One of Node's own sockets, with TLS where the target wants it. `onTurn`: called behind whatever it told its listener. */
export function openNodeSocket(target: TargetAddress, listener: SocketListener, onTurn: () => void): Socket {
  let reason = 'closed';
  const callback = (byteCount: number) => {
    listener.onData(readBuffer.subarray(0, byteCount));
    onTurn();
    return true;
  };
  const tell = (event: () => void) => () => {
    event();
    onTurn();
  };
  const socket = connect(target, { buffer: readBuffer, callback });
  socket.on(
    target.isSecure ? 'secureConnect' : 'connect',
    tell(() => listener.onOpen()),
  );
  socket.on(
    'end',
    tell(() => listener.onEnd()),
  );
  socket.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.code ?? error.message;
  });
  socket.on(
    'close',
    tell(() => listener.onClose(reason)),
  );
  return new PortableSocket(socket);
}

function connect({ host, port, isSecure }: TargetAddress, onread: OnReadOpts) {
  const options = { host, port, noDelay: true, onread };
  if (!isSecure) return connectSocket(options);
  // A name of the server is only sent when it is one.
  return connectTls({ ...options, ALPNProtocols: ['http/1.1'], ...(isIP(host) === 0 ? { servername: host } : {}) });
}

/** Up to here bytes have left at once (with TLS, Node only says so later). */
const smallBytes = 32_768;

class PortableSocket implements Socket {
  readonly #socket: NodeSocket;
  #writtenBytes = 0;

  constructor(socket: NodeSocket) {
    this.#socket = socket;
  }

  get hasUnsentBytes(): boolean {
    return this.#writtenBytes > smallBytes && this.#socket.writableLength > 0;
  }

  write(bytes: Uint8Array, length: number, hasMore: boolean): boolean {
    const socket = this.#socket;
    if (hasMore) socket.cork();
    this.#writtenBytes = hasMore ? Number.POSITIVE_INFINITY : length;
    socket.write(Buffer.from(bytes.subarray(0, length)));
    if (!hasMore && socket.writableCorked > 0) {
      this.#writtenBytes = Number.POSITIVE_INFINITY;
      socket.uncork();
    }
    // Node tries the write at once: an error now means that the kernel took no byte of it.
    return !socket.destroyed;
  }

  destroy() {
    this.#socket.destroy();
  }
}
