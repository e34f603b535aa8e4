import { connect as connectSocket, type Socket } from 'node:net';

export interface TargetAddress {
  readonly host: string;
  readonly port: number;
}

export interface SocketListener {
  onOpen(): void;
  /** Valid only during the call: all sockets read into the same memory. */
  onData(bytes: Buffer): void;
  /** The server has sent its last byte. */
  onEnd(): void;
  /** `reason` is an error's code, or `closed`. */
  onClose(reason: string): void;
}

/**
 * Reading one socket is done before the next is read, so they share one buffer: nothing is allocated for an answer.
 * (So it is on POSIX systems; libuv on Windows hands buffers out ahead.)
 */
const readBuffer = Buffer.allocUnsafeSlow(65_536);

export function openSocket({ host, port }: TargetAddress, listener: SocketListener): Socket {
  let reason = 'closed';
  const socket = connectSocket({
    host,
    port,
    noDelay: true,
    onread: {
      buffer: readBuffer,
      callback: (byteCount) => {
        listener.onData(readBuffer.subarray(0, byteCount));
        return true;
      },
    },
  });
  socket.on('connect', () => listener.onOpen());
  socket.on('end', () => listener.onEnd());
  socket.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.code ?? error.message;
  });
  socket.on('close', () => listener.onClose(reason));
  return socket;
}
