import {
  connectionError,
  connectTo,
  EAGAIN,
  EINPROGRESS,
  EINTR,
  errorName,
  halfClosed,
  openTcpSocket,
  readable,
  receive,
  transmit,
  writable,
} from './kernel.ts';
import type { Socket, SocketListener } from './socket.ts';

/** The loop as its sockets see it. */
export interface SocketHost {
  add(fd: number, events: number, socket: NativeSocket): number;
  modify(fd: number, events: number, socket: NativeSocket): void;
  drop(fd: number): void;
  /** Calls back from the loop, soon. */
  defer(callback: () => void): void;
}

/** What is read at once goes into one buffer for all sockets: each is done with its bytes before the next one reads. */
const readBuffer = Buffer.allocUnsafeSlow(65_536);
/** So often a socket is read before the others have their turn. */
const readsInTurn = 16;
const reading = readable | halfClosed;

/** One TCP connection in a native loop's set. */
export class NativeSocket implements Socket {
  /** The host's: tells this socket's events from those of another one that had the same descriptor. */
  tag = 0;
  readonly #host: SocketHost;
  readonly #listener: SocketListener;
  #fd = -1;
  #isConnecting = true;
  #isOver = false;
  #unsent: Buffer | null = null;

  constructor(host: SocketHost, listener: SocketListener) {
    this.#host = host;
    this.#listener = listener;
  }

  get hasUnsentBytes(): boolean {
    return this.#unsent !== null;
  }

  open(family: 4 | 6, sockaddr: Uint8Array) {
    const fd = openTcpSocket(family);
    if (fd < 0) return this.failLater(errorName(fd));
    this.#fd = fd;
    const connected = connectTo(fd, sockaddr);
    if (connected < 0 && connected !== -EINPROGRESS && connected !== -EINTR)
      return this.failLater(errorName(connected));
    const added = this.#host.add(fd, writable, this);
    if (added < 0) this.failLater(errorName(added));
  }

  failLater(reason: string) {
    this.#host.defer(() => this.#close(reason));
  }

  write(bytes: Uint8Array, length: number, hasMore: boolean): boolean {
    if (this.#isOver) return false;
    if (this.#unsent !== null) return this.#keep(bytes, 0, length);
    const sent = transmit(this.#fd, bytes, length, hasMore);
    if (sent === length) return true;
    if (sent < 0 && sent !== -EAGAIN && sent !== -EINTR) return false;
    return this.#keep(bytes, Math.max(0, sent), length);
  }

  destroy() {
    this.#isOver = true;
    this.#unsent = null;
    if (this.#fd >= 0) this.#host.drop(this.#fd);
    this.#fd = -1;
  }

  /** `events`: of epoll_ctl(2). An error or a hang-up is read like bytes: that says which. */
  onEvents(events: number) {
    if (this.#isConnecting) return this.#connected();
    if ((events & writable) !== 0) this.#flush();
    if ((events & ~writable) !== 0) this.#read((events & halfClosed) !== 0);
  }

  #connected() {
    const error = connectionError(this.#fd);
    if (error < 0) return this.#close(errorName(error));
    this.#isConnecting = false;
    this.#host.modify(this.#fd, reading, this);
    this.#listener.onOpen();
  }

  /** `toEnd`: the last byte has come, so a connection that is about to be used again is seen to be closed. */
  #read(toEnd: boolean) {
    for (let count = 0; count < readsInTurn && !this.#isOver; count++) {
      const byteCount = receive(this.#fd, readBuffer);
      if (byteCount > 0) this.#listener.onData(readBuffer.subarray(0, byteCount));
      else return this.#readNothing(byteCount);
      if (byteCount < readBuffer.length && !toEnd) return;
    }
  }

  #readNothing(result: number) {
    if (result === -EAGAIN || result === -EINTR) return;
    if (result < 0) return this.#close(errorName(result));
    this.#listener.onEnd();
    this.#close('closed');
  }

  #keep(bytes: Uint8Array, from: number, to: number): boolean {
    const rest = Buffer.from(bytes.subarray(from, to));
    if (this.#unsent === null) this.#host.modify(this.#fd, reading | writable, this);
    this.#unsent = this.#unsent === null ? rest : Buffer.concat([this.#unsent, rest]);
    return true;
  }

  #flush() {
    const unsent = this.#unsent;
    if (unsent === null || this.#isOver) return;
    const sent = transmit(this.#fd, unsent, unsent.length, false);
    // An error is read next.
    if (sent < 0) return;
    this.#unsent = sent === unsent.length ? null : unsent.subarray(sent);
    if (this.#unsent === null) this.#host.modify(this.#fd, reading, this);
  }

  #close(reason: string) {
    if (this.#isOver) return;
    this.destroy();
    this.#listener.onClose(reason);
  }
}
