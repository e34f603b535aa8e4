import { type Alarm, nowNs } from '../../os/clock.ts';
import type { Loop, PacedSource } from '../pace/loop.ts';
import {
  askForPromptness,
  closeFd,
  EINTR,
  epollAdd,
  epollCreate,
  epollModify,
  epollWait,
  errorName,
  halfClosed,
  layout,
  nodeLoopFd,
  Receiver,
  readable,
  realNs,
  socketAddress,
} from './kernel.ts';
import { NativeSocket, type SocketHost } from './native-socket.ts';
import type { Socket, SocketListener, TargetPoint } from './socket.ts';

/** At least so often Node's own loop gets a turn, while a source is paced and at rest; its timers are late by as much. */
const longestStayNs = { paced: 100e6, resting: 500e6 };
const eventsPerWait = 128;
/** Stand for Node's own loop and for the set of answers where sockets have their numbers. */
const nodeTag = -1;
const answersTag = -2;
/** Answers that may be read late are read behind a sending, at most so often, and after so long at the latest. */
const readEveryNs = 4e6;
const longestUnreadNs = 50e6;
/** So many are read even when a sending is due: a generator that is late must not stop to read. */
const leastReadCount = 4;
/** A server cannot send more than the kernel takes before it is read: larger answers are read as they come. */
const lateLimitBytes = 32_768;
/** By so much the two clocks may part between two readings before arrivals are no longer told by the kernel's. */
const clockStepNs = 1e6;

/**
 * A loop on the kernel itself: its wait ends for Node's own loop, for connections that open or close, and when the next request
 * is due. Answers are a set of their own: part of the wait where the source needs them at once, else read late and together,
 * because the kernel keeps the time of each. It stays in its wait until Node has something to do, then gives it one turn.
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
  readonly #answersFd = orThrow(epollCreate());
  readonly #events = new Int32Array(eventsPerWait * layout.eventWords);
  readonly #answerEvents = new Int32Array(eventsPerWait * layout.eventWords);
  readonly #timeout = new Int32Array(4);
  readonly #noTime = new Int32Array(4);
  readonly #receiver = new Receiver();
  readonly received = this.#receiver.bytes;
  arrivedNs = Number.NaN;
  /** What CLOCK_REALTIME is ahead of the loop's clock; NaN while arrivals are told by the loop's. */
  #realAheadNs = Number.NaN;
  #lastAheadNs = Number.NaN;
  #readsLate = false;
  #mayReadLate = true;
  #isReading = false;
  #lastReadNs = 0;
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
    askForPromptness();
    orThrow(epollAdd(this.#epollFd, nodeLoopFd(), readable, nodeTag));
    orThrow(epollAdd(this.#epollFd, this.#answersFd, readable, answersTag));
    // A turn of Node's own first: it watches what was begun beside this loop only from then on.
    setImmediate(() => setImmediate(this.#turn));
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
    this.#readLate(source.readsLate && this.#mayReadLate);
  }

  rest() {
    this.#source = null;
    this.#readLate(false);
  }

  readNow() {
    if (this.#readsLate) this.#readAnswers(nowNs(), false);
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
    closeFd(this.#answersFd);
    closeFd(this.#epollFd);
  }

  /** Of the host. */
  add(fd: number, events: number, socket: NativeSocket): number {
    this.#sockets[fd] = socket;
    socket.tag = this.#nextTag++ & 0x3fffffff;
    return epollAdd(this.#epollFd, fd, events, socket.tag);
  }

  modify(fd: number, events: number, socket: NativeSocket) {
    epollModify(this.#epollFd, fd, events, socket.tag);
  }

  opened(fd: number, socket: NativeSocket): number {
    this.modify(fd, halfClosed, socket);
    return epollAdd(this.#answersFd, fd, readable, socket.tag);
  }

  receive(fd: number): number {
    const count = this.#receiver.receive(fd);
    const arrivedNs = count > 0 ? this.#receiver.arrivedRealNs() - this.#realAheadNs : Number.NaN;
    const now = nowNs();
    this.arrivedNs = arrivedNs < now ? arrivedNs : now;
    if (count > lateLimitBytes) this.#readAtOnce();
    return count;
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
    const ringsNow = this.#nextTimerNs <= timeNs;
    // What has come in time is read before it is given up.
    if (this.#readsLate && (ringsNow || timeNs - this.#lastReadNs >= readEveryNs)) this.#readAnswers(timeNs, !ringsNow);
    if (ringsNow) this.#ring(timeNs);
    if (this.#deferred.length > 0) this.#runDeferred();
  }

  /** Sleeps until something is due or has come, and sees to what has come. Gives the time when that was done. */
  #wait(leaveNs: number): number {
    if (this.#isClosed) return leaveNs;
    const beforeNs = nowNs();
    const dueNs = this.#source === null ? leaveNs : this.#source.nextDueNs;
    const readNs = this.#readsLate ? this.#lastReadNs + longestUnreadNs : leaveNs;
    const waitNs = this.#deferred.length > 0 ? 0 : Math.min(dueNs, readNs, this.#nextTimerNs, leaveNs) - beforeNs;
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
      else if (tag === answersTag) this.#readAnswers(nowNs(), false);
      else {
        // A descriptor closed in this round may have been given to a new socket already.
        const socket = this.#sockets[events[at + layout.dataWord] as number];
        if (socket !== undefined && socket.tag === tag) socket.onEvents(events[at] as number);
      }
    }
  }

  /** `untilDue`: the next sending is not kept waiting; the rest is read behind it. */
  #readAnswers(timeNs: number, untilDue: boolean) {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#lastReadNs = timeNs;
    this.#compareClocks();
    const events = this.#answerEvents;
    let count = eventsPerWait;
    while (count === eventsPerWait) {
      count = epollWait(this.#answersFd, events, this.#noTime);
      for (let index = 0; index < count; index++) {
        const at = index * layout.eventWords;
        const socket = this.#sockets[events[at + layout.dataWord] as number];
        if (socket !== undefined && socket.tag === events[at + layout.dataWord + 1]) socket.read(false);
        if (untilDue && index + 1 >= leastReadCount && this.#isDue()) {
          this.#lastReadNs = 0;
          count = 0;
        }
      }
    }
    this.#isReading = false;
  }

  #isDue(): boolean {
    return this.#source !== null && this.#source.nextDueNs <= nowNs();
  }

  /** Where one of the clocks was set meanwhile, the time of reading stands for that of arrival, once. */
  #compareClocks() {
    const aheadNs = realNs() - nowNs();
    this.#realAheadNs = Math.abs(aheadNs - this.#lastAheadNs) < clockStepNs ? aheadNs : Number.NaN;
    this.#lastAheadNs = aheadNs;
  }

  #readAtOnce() {
    this.#mayReadLate = false;
    this.#readLate(false);
  }

  /** Whether the wait ends for answers. */
  #readLate(isLate: boolean) {
    if (isLate === this.#readsLate) return;
    this.#readsLate = isLate;
    epollModify(this.#epollFd, this.#answersFd, isLate ? 0 : readable, answersTag);
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
