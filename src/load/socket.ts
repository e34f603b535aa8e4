import { connect as connectSocket, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface TargetAddress {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
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

export function openSocket({ host, port, isSecure }: TargetAddress, listener: SocketListener): Socket {
  let reason = 'closed';
  const callback = (byteCount: number) => {
    listener.onData(readBuffer.subarray(0, byteCount));
    return true;
  };
  const options = { host, port, noDelay: true, onread: { buffer: readBuffer, callback } };
  // A name of the server is only sent when it is one.
  const secureOptions = { ...options, ALPNProtocols: ['http/1.1'], ...(isIP(host) === 0 ? { servername: host } : {}) };
  const socket = isSecure ? connectTls(secureOptions) : connectSocket(options);
  socket.on(isSecure ? 'secureConnect' : 'connect', () => listener.onOpen());
  socket.on('end', () => listener.onEnd());
  socket.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.code ?? error.message;
  });
  socket.on('close', () => listener.onClose(reason));
  return socket;
}
