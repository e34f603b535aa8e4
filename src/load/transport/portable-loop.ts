import { connect as connectSocket, isIP, type Socket as NodeSocket, type OnReadOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Alarm, monotonicClock, nowNs } from '../../os/clock.ts';
import type { Loop, PacedSource } from '../pace/loop.ts';
import type { Socket, SocketListener, TargetAddress, TargetPoint } from './socket.ts';

/** The loop looks up now and then while it sleeps, for its timers and its parent. */
const longestSleepNs = 100e6;
/** What is left of the wait after a look at the sockets, at most: it is polled away. */
const marginNs = 100_000;
/** Before a due time that is further away the sockets are looked at: a connection closed meanwhile is not sent on. */
const longestBlindNs = 1e6;

/**
 * A loop for wherever Node runs, over Node's own sockets. While nothing is in flight nothing can come, so it sleeps by itself
 * until the due time, which is precise where timers know whole milliseconds. While something is in flight each read is an
 * occasion to look at the time, and a timer stands behind.
 */
export function createPortableLoop(): Loop {
  return new PortableLoop();
}

class PortableLoop implements Loop {
  readonly kind = 'portable';
  readonly nowNs = nowNs;
  readonly at: (timeNs: number, callback: () => void) => Alarm = monotonicClock.at;
  #source: PacedSource | null = null;
  #alarm: Alarm | null = null;
  #isParkPlanned = false;
  #parkCount = 0;
  #sleptNs = 0;

  connect({ target }: TargetPoint, listener: SocketListener): Socket {
    return openNodeSocket(target, listener, () => this.#serve());
  }

  pace(source: PacedSource) {
    this.rest();
    this.#source = source;
    this.#prepare();
  }

  rest() {
    this.#source = null;
    this.#alarm?.cancel();
    this.#alarm = null;
  }

  /** Node reads by itself. */
  readNow() {}

  wakeupCount(): number {
    return this.#parkCount + performance.nodeTiming.uvMetricsInfo.loopCount;
  }

  sleptNs(): number {
    return this.#sleptNs;
  }

  close() {
    this.rest();
  }

  /** Serves what is due, and sees to the next waking. */
  readonly #serve = (): void => {
    const source = this.#source;
    const now = nowNs();
    if (source !== null && source.nextDueNs <= now) source.wake(now);
    this.#prepare();
  };

  #prepare() {
    if (this.#source === null || this.#isParkPlanned) return;
    if (this.#source.isQuiet() || this.#source.nextDueNs <= nowNs()) {
      this.#isParkPlanned = true;
      setImmediate(this.#park);
    } else this.#alarm ??= this.at(this.#source.nextDueNs, this.#ring);
  }

  readonly #ring = (): void => {
    this.#alarm = null;
    this.#serve();
  };

  readonly #park = () => {
    this.#isParkPlanned = false;
    const source = this.#source;
    if (source === null || !source.isQuiet()) return this.#serve();
    // One that rings while the loop sleeps costs as much as a request.
    this.#alarm?.cancel();
    this.#alarm = null;
    const beforeNs = nowNs();
    const untilNs = Math.min(source.nextDueNs - marginNs, beforeNs + longestSleepNs);
    if (untilNs > beforeNs) {
      sleepUntil(untilNs);
      this.#parkCount++;
      this.#sleptNs += nowNs() - beforeNs;
    }
    // Between two immediates the loop looks at the sockets once.
    if (untilNs - beforeNs > longestBlindNs) setImmediate(this.#arrive);
    else this.#arrive();
  };

  readonly #arrive = (): void => {
    const dueNs = this.#source?.nextDueNs ?? 0;
    if (dueNs - nowNs() <= marginNs) while (nowNs() < dueNs);
    this.#serve();
  };
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/** The whole thread, by a futex. */
function sleepUntil(timeNs: number) {
  Atomics.wait(cell, 0, 0, (timeNs - nowNs()) / 1e6);
}

/**
 * Reading one socket is done before the next is read, so they share one buffer: nothing is allocated for an answer.
 * (So it is on POSIX systems; libuv on Windows hands buffers out ahead.)
 */
const readBuffer = Buffer.allocUnsafeSlow(65_536);

/** One of Node's own sockets, with TLS where the target wants it. `onTurn`: called behind whatever it told its listener. */
function openNodeSocket(target: TargetAddress, listener: SocketListener, onTurn: () => void): Socket {
  let reason = 'closed';
  const callback = (byteCount: number) => {
    listener.onData(readBuffer.subarray(0, byteCount), nowNs());
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
    tell(() => listener.onEnd(nowNs())),
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

  write(bytes: Uint8Array, length: number): boolean {
    this.#writtenBytes = length;
    this.#socket.write(Buffer.from(bytes.subarray(0, length)));
    // Node tries the write at once: an error now means that the kernel took no byte of it.
    return !this.#socket.destroyed;
  }

  destroy() {
    this.#socket.destroy();
  }
}
