import { type Alarm, nowNs } from '../../os/clock.ts';
import type { Loop, PacedSource } from '../pace/loop.ts';
import {
  closeFd,
  connectionError,
  connectTo,
  EAGAIN,
  EINPROGRESS,
  EINTR,
  epollAdd,
  epollCreate,
  epollModify,
  epollWait,
  errorName,
  halfClosed,
  layout,
  nodeLoopFd,
  openTcpSocket,
  readable,
  receive,
  socketAddress,
  transmit,
  writable,
} from './kernel.ts';
import type { Socket, SocketListener, TargetPoint } from './socket.ts';

/** At least so often Node's own loop gets a turn, while a source is paced and at rest; its timers are late by as much. */
const longestStayNs = { paced: 100e6, resting: 500e6 };
const eventsPerWait = 128;
/** Stands for Node's own loop where sockets have their numbers. */
const nodeTag = -1;

/**
 * A loop on the kernel itself: one epoll set holds all sockets and the descriptor of Node's own loop, and the time-out of the
 * same wait is the next due time. It stays in its wait until Node has something to do, then gives it one turn.
 */
export function createNativeLoop(): Loop {
  return new NativeLoop();
}

interface Timer {
  readonly timeNs: number;
  readonly callback: () => void;
}

class NativeLoop implements Loop {
  readonly kind = 'native';
  readonly nowNs = nowNs;
  readonly #epollFd = orThrow(epollCreate());
  readonly #events = new Int32Array(eventsPerWait * layout.eventWords);
  readonly #timeout = new Int32Array(4);
  /** By descriptor. */
  readonly #sockets: (NativeSocket | undefined)[] = [];
  readonly #timers: Timer[] = [];
  #deferred: (() => void)[] = [];
  #nextTimerNs = Number.POSITIVE_INFINITY;
  #nextTag = 0;
  #source: PacedSource | null = null;
  #isNodeReady = false;
  #isClosed = false;
  #wakeupCount = 0;
  #sleptNs = 0;

  constructor() {
    orThrow(epollAdd(this.#epollFd, nodeLoopFd(), readable, nodeTag));
    setImmediate(this.#turn);
  }

  at(timeNs: number, callback: () => void): Alarm {
    const timer = { timeNs, callback };
    this.#timers.push(timer);
    this.#nextTimerNs = Math.min(this.#nextTimerNs, timeNs);
    return { cancel: () => this.#removeTimer(timer) };
  }

  connect({ target, ip }: TargetPoint, listener: SocketListener): Socket {
    const socket = new NativeSocket(this, listener);
    if (typeof ip === 'string') socket.failLater(ip);
    else socket.open(ip.family, socketAddress(ip, target.port));
    return socket;
  }

  pace(source: PacedSource) {
    this.#source = source;
  }

  rest() {
    this.#source = null;
  }

  wakeupCount(): number {
    return this.#wakeupCount;
  }

  sleptNs(): number {
    return this.#sleptNs;
  }

  close() {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#source = null;
    closeFd(this.#epollFd);
  }

  /** A socket's descriptor joins the set, changes what it waits for, or leaves it by being closed. */
  add(fd: number, events: number, socket: NativeSocket): number {
    this.#sockets[fd] = socket;
    socket.tag = this.#nextTag++ & 0x3fffffff;
    return epollAdd(this.#epollFd, fd, events, socket.tag);
  }

  modify(fd: number, events: number, socket: NativeSocket) {
    epollModify(this.#epollFd, fd, events, socket.tag);
  }

  drop(fd: number) {
    this.#sockets[fd] = undefined;
    closeFd(fd);
  }

  /** Calls back from the loop, soon. */
  defer(callback: () => void) {
    this.#deferred.push(callback);
  }

  /** What Node calls: stays until Node is needed, then asks to be called again behind its turn. */
  readonly #turn = (): void => {
    let timeNs = nowNs();
    const leaveNs = timeNs + (this.#source === null ? longestStayNs.resting : longestStayNs.paced);
    this.#isNodeReady = false;
    do {
      if (this.#isClosed) return;
      this.#serve(timeNs);
      timeNs = this.#wait(leaveNs);
    } while (this.#source !== null && !this.#isNodeReady && timeNs < leaveNs);
    setImmediate(this.#turn);
  };

  #serve(timeNs: number) {
    if (this.#source !== null && this.#source.nextDueNs <= timeNs) this.#source.wake(timeNs);
    if (this.#nextTimerNs <= timeNs) this.#ring(timeNs);
    if (this.#deferred.length > 0) this.#runDeferred();
  }

  /** Sleeps until something is due or has come, and sees to what has come. Gives the time when that was done. */
  #wait(leaveNs: number): number {
    if (this.#isClosed) return leaveNs;
    const beforeNs = nowNs();
    const dueNs = this.#source === null ? leaveNs : this.#source.nextDueNs;
    const waitNs = this.#deferred.length > 0 ? 0 : Math.min(dueNs, this.#nextTimerNs, leaveNs) - beforeNs;
    // Never longer than a stay, so there are no seconds.
    this.#timeout[2] = waitNs > 0 ? waitNs : 0;
    const count = epollWait(this.#epollFd, this.#events, this.#timeout);
    const wokenNs = nowNs();
    if (waitNs > 0) {
      this.#wakeupCount++;
      this.#sleptNs += wokenNs - beforeNs;
    }
    if (count < 0 && count !== -EINTR) throw new Error(`epoll_pwait2: ${errorName(count)}`);
    if (count <= 0) return wokenNs;
    this.#dispatch(count);
    return nowNs();
  }

  #dispatch(count: number) {
    const events = this.#events;
    for (let index = 0; index < count; index++) {
      const at = index * layout.eventWords;
      const tag = events[at + layout.dataWord + 1];
      if (tag === nodeTag) this.#isNodeReady = true;
      else {
        // A descriptor closed in this round may have been given to a new socket already.
        const socket = this.#sockets[events[at + layout.dataWord] as number];
        if (socket !== undefined && socket.tag === tag) socket.onEvents(events[at] as number);
      }
    }
  }

  #ring(timeNs: number) {
    const due = this.#timers.filter((timer) => timer.timeNs <= timeNs);
    due.sort((a, b) => a.timeNs - b.timeNs);
    for (const timer of due) if (this.#removeTimer(timer)) timer.callback();
  }

  #removeTimer(timer: Timer): boolean {
    const index = this.#timers.indexOf(timer);
    if (index === -1) return false;
    this.#timers.splice(index, 1);
    this.#nextTimerNs = this.#timers.reduce((next, { timeNs }) => Math.min(next, timeNs), Number.POSITIVE_INFINITY);
    return true;
  }

  #runDeferred() {
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const callback of deferred) callback();
  }
}

function orThrow(result: number): number {
  if (result < 0) throw new Error(`epoll: ${errorName(result)}`);
  return result;
}

/** What is read at once goes into one buffer for all sockets: each is done with its bytes before the next one reads. */
const readBuffer = Buffer.allocUnsafeSlow(65_536);
/** So often a socket is read before the others have their turn. */
const readsInTurn = 16;
const reading = readable | halfClosed;

/** One TCP connection in a native loop's set. */
class NativeSocket implements Socket {
  /** The loop's: tells this socket's events from those of another one that had the same descriptor. */
  tag = 0;
  readonly #loop: NativeLoop;
  readonly #listener: SocketListener;
  #fd = -1;
  #isConnecting = true;
  #isOver = false;
  #unsent: Buffer | null = null;

  constructor(loop: NativeLoop, listener: SocketListener) {
    this.#loop = loop;
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
    const added = this.#loop.add(fd, writable, this);
    if (added < 0) this.failLater(errorName(added));
  }

  failLater(reason: string) {
    this.#loop.defer(() => this.#close(reason));
  }

  write(bytes: Uint8Array, length: number): boolean {
    if (this.#isOver) return false;
    const sent = transmit(this.#fd, bytes, length);
    if (sent === length) return true;
    if (sent < 0 && sent !== -EAGAIN && sent !== -EINTR) return false;
    this.#unsent = Buffer.from(bytes.subarray(Math.max(0, sent), length));
    this.#loop.modify(this.#fd, reading | writable, this);
    return true;
  }

  destroy() {
    this.#isOver = true;
    this.#unsent = null;
    if (this.#fd >= 0) this.#loop.drop(this.#fd);
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
    this.#loop.modify(this.#fd, reading, this);
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

  #flush() {
    const unsent = this.#unsent;
    if (unsent === null || this.#isOver) return;
    const sent = transmit(this.#fd, unsent, unsent.length);
    // An error is read next.
    if (sent < 0) return;
    this.#unsent = sent === unsent.length ? null : unsent.subarray(sent);
    if (this.#unsent === null) this.#loop.modify(this.#fd, reading, this);
  }

  #close(reason: string) {
    if (this.#isOver) return;
    this.destroy();
    this.#listener.onClose(reason);
  }
}
