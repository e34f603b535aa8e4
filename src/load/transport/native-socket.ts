import {
  connectionError,
  connectTo,
  EAGAIN,
  EINPROGRESS,
  EINTR,
  errorName,
  halfClosed,
  openTcpSocket,
  transmit,
  writable,
} from './kernel.ts';
import type { Socket, SocketListener } from './socket.ts';

/** The loop as its sockets see it. */
export interface SocketHost {
  /** A socket's descriptor joins the wait, changes what it waits for, or leaves by being closed. */
  add(fd: number, events: number, socket: NativeSocket): number;
  modify(fd: number, events: number, socket: NativeSocket): void;
  drop(fd: number): void;
  /** It is connected: from now on its answers are read. Gives an error where they cannot be. */
  opened(fd: number, socket: NativeSocket): number;
  /** Reads all sockets into one buffer: each is done with its bytes before the next one reads. Gives their count or an error. */
  receive(fd: number): number;
  /** What was received last, and when it came. */
  readonly received: Buffer;
  readonly arrivedNs: number;
  /** Calls back from the loop, soon. */
  defer(callback: () => void): void;
}

/** So often a socket is read before the others have their turn. */
const readsInTurn = 16;

/** One TCP connection in a native loop's sets. */
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

  open(family: number, sockaddr: Uint8Array) {
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

  write(bytes: Uint8Array, length: number): boolean {
    if (this.#isOver) return false;
    const sent = transmit(this.#fd, bytes, length);
    if (sent === length) return true;
    if (sent < 0 && sent !== -EAGAIN && sent !== -EINTR) return false;
    this.#unsent = Buffer.from(bytes.subarray(Math.max(0, sent), length));
    this.#host.modify(this.#fd, halfClosed | writable, this);
    return true;
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
    if ((events & ~writable) !== 0) this.read((events & halfClosed) !== 0);
  }

  #connected() {
    const error = connectionError(this.#fd);
    if (error < 0) return this.#close(errorName(error));
    this.#isConnecting = false;
    const opened = this.#host.opened(this.#fd, this);
    if (opened < 0) return this.#close(errorName(opened));
    this.#listener.onOpen();
  }

  /** `toEnd`: the last byte has come, so a connection that is about to be used again is seen to be closed. */
  read(toEnd: boolean) {
    const host = this.#host;
    for (let count = 0; count < readsInTurn && !this.#isOver; count++) {
      const byteCount = host.receive(this.#fd);
      if (byteCount > 0) this.#listener.onData(host.received.subarray(0, byteCount), host.arrivedNs);
      else return this.#readNothing(byteCount);
      if (byteCount < host.received.length && !toEnd) return;
    }
  }

  #readNothing(result: number) {
    if (result === -EAGAIN || result === -EINTR) return;
    if (result < 0) return this.#close(errorName(result));
    this.#listener.onEnd(this.#host.arrivedNs);
    this.#close('closed');
  }

  #flush() {
    const unsent = this.#unsent;
    if (unsent === null || this.#isOver) return;
    const sent = transmit(this.#fd, unsent, unsent.length);
    // An error is read next.
    if (sent < 0) return;
    this.#unsent = sent === unsent.length ? null : unsent.subarray(sent);
    if (this.#unsent === null) this.#host.modify(this.#fd, halfClosed, this);
  }

  #close(reason: string) {
    if (this.#isOver) return;
    this.destroy();
    this.#listener.onClose(reason);
  }
}
