import { type Alarm, nowNs } from '../../os/clock.ts';
import type { Loop, PacedSource } from '../pace/loop.ts';
import {
  closeFd,
  EINTR,
  epollAdd,
  epollCreate,
  epollModify,
  epollWait,
  errorName,
  layout,
  nodeLoopFd,
  readable,
} from './kernel.ts';
import { NativeSocket, type SocketHost } from './native-socket.ts';
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

class NativeLoop implements Loop, SocketHost {
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

  connect({ ip }: TargetPoint, listener: SocketListener): Socket {
    const socket = new NativeSocket(this, listener);
    if (ip === null || typeof ip === 'string') socket.failLater(ip ?? 'EADDRNOTAVAIL');
    else socket.open(ip.family, ip.sockaddr);
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

  /** Of the host: a socket's descriptor joins the set, changes what it waits for, or leaves it by being closed. */
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
