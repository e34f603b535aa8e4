import { createRequire } from 'node:module';
import { getSystemErrorName } from 'node:util';

/*
 * Every foreign function of the generator, with its C prototype and manual page: the only file that speaks to koffi. What it
 * exports takes and gives plain numbers; a failed call gives its errno as a negative number, read right behind the call (koffi
 * keeps it from its own work). Each length is checked against its buffer here, so that no caller can pass a wrong one.
 */

type Foreign = ReturnType<typeof declare>;

/** Where a field of `struct epoll_event` is, in 32-bit words. It is packed on x64 only (epoll_ctl(2), <sys/epoll.h>). */
export interface EventLayout {
  readonly eventWords: number;
  readonly dataWord: number;
}

export function eventLayoutOf(arch: string): EventLayout {
  return arch === 'x64' ? { eventWords: 3, dataWord: 1 } : { eventWords: 4, dataWord: 2 };
}

export const layout: EventLayout = eventLayoutOf(process.arch);

/** Of epoll_ctl(2). */
export const readable = 0x1;
export const writable = 0x4;
/** The other side has sent its last byte. */
export const halfClosed = 0x2000;
const ctlAdd = 1;
const ctlModify = 3;
const cloexec = 0o2000000;
/** Of socket(2), tcp(7), send(2). */
const families = { 4: 2, 6: 10 } as const;
const streamNonBlockingCloexec = 1 | 0o4000 | cloexec;
const solSocket = 1;
const soError = 4;
/** SO_TIMESTAMPNS of socket(7), and the type of the control message it brings. */
const timestampNs = 35;
/** PR_SET_TIMERSLACK of prctl(2). */
const setTimerSlack = 29;
const clockRealtime = 0;
const ipprotoTcp = 6;
const tcpNoDelay = 1;
const noSignal = 0x4000;
/** Of errno(3). */
export const EINTR = 4;
export const EAGAIN = 11;
export const EINPROGRESS = 115;

let foreign: Foreign | null = null;

/** Loads what the native loop needs. Gives the reason where that cannot be had here: a system, C library or Node without it. */
export function loadKernel(): string | null {
  if (foreign !== null) return null;
  if (process.platform !== 'linux') return `it speaks to Linux, not to ${process.platform}`;
  if (process.arch !== 'x64' && process.arch !== 'arm64') return `it does not know the processor ${process.arch}`;
  try {
    const declared = declare(createRequire(import.meta.url)('koffi') as typeof import('koffi'));
    const refusal = refusedWait(declared);
    if (refusal === null) foreign = declared;
    return refusal;
  } catch (error) {
    return `the foreign-function interface koffi cannot be used: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** A C library may have epoll_pwait2 where the kernel (before 5.11) or a container's filter of system calls does not. */
export function refusedWait(calls: {
  epoll_create1(flags: number): number;
  epoll_pwait2(epfd: number, events: Int32Array, maxevents: number, timeout: Int32Array, sigmask: null): number;
  close(fd: number): number;
  errno(): number;
}): string | null {
  const fd = calls.epoll_create1(0);
  if (fd < 0) return `this kernel refuses epoll_create1: ${errorName(-calls.errno())}`;
  const count = calls.epoll_pwait2(fd, new Int32Array(layout.eventWords), 1, new Int32Array(4), null);
  const refusal = count < 0 ? `this kernel refuses epoll_pwait2: ${errorName(-calls.errno())}` : null;
  calls.close(fd);
  return refusal;
}

/** All declarations. Throws where one of the functions does not exist here (epoll_pwait2 before glibc 2.35, say). */
function declare(koffi: typeof import('koffi')) {
  const library = koffi.load(null);
  // Node-API, node_api.h; libuv, uv.h: both are exported by the node executable.
  const getLoop = library.func('int napi_get_uv_event_loop(void *env, _Out_ void **loop)');
  const backendFd = library.func('int uv_backend_fd(void *loop)');
  const { env } = koffi.node as { env: unknown };
  return {
    errno: koffi.errno as () => number,
    // epoll_create1(2)
    epoll_create1: library.func('int epoll_create1(int flags)'),
    // epoll_ctl(2)
    epoll_ctl: library.func('int epoll_ctl(int epfd, int op, int fd, void *event)'),
    // epoll_wait(2)
    epoll_pwait2: library.func('int epoll_pwait2(int epfd, void *events, int maxevents, void *timeout, void *sigmask)'),
    // socket(2)
    socket: library.func('int socket(int domain, int type, int protocol)'),
    // inet_pton(3)
    inet_pton: library.func('int inet_pton(int af, const char *src, void *dst)'),
    // connect(2)
    connect: library.func('int connect(int sockfd, void *addr, uint32_t addrlen)'),
    // getsockopt(2)
    setsockopt: library.func('int setsockopt(int sockfd, int level, int optname, void *optval, uint32_t optlen)'),
    getsockopt: library.func('int getsockopt(int sockfd, int level, int optname, void *optval, void *optlen)'),
    // recvmsg(2); ssize_t is long here
    recvmsg: library.func('long recvmsg(int sockfd, void *msg, int flags)'),
    // clock_gettime(2)
    clock_gettime: library.func('int clock_gettime(int clockid, void *tp)'),
    // prctl(2)
    prctl: library.func('int prctl(int option, long arg2, long arg3, long arg4, long arg5)'),
    // sched_setattr(2), sched_getattr(2): the C library may not have them, syscall(2) does
    syscall: library.func('long syscall(long number, long pid, void *attr, long sizeOrFlags, long flags)'),
    addressOf: koffi.address as (bytes: Uint8Array) => bigint,
    // send(2)
    send: library.func('long send(int sockfd, void *buf, size_t len, int flags)'),
    // close(2)
    close: library.func('int close(int fd)'),
    uvBackendFd: (): number => {
      const loop: unknown[] = [null];
      if (getLoop(env, loop) !== 0) throw new Error("Node does not give its loop's descriptor");
      return backendFd(loop[0]);
    },
  };
}

function kernel(): Foreign {
  if (foreign === null) throw new Error('the kernel is asked before it was loaded');
  return foreign;
}

const one = new Int32Array([1]);
const option = new Int32Array(1);
const optionLength = new Int32Array(1);
const eventBytes = Buffer.alloc(16);

/** The name of what a negative number stands for, as Node names it: ECONNREFUSED. */
export function errorName(negativeErrno: number): string {
  return getSystemErrorName(negativeErrno);
}

export function epollCreate(): number {
  return orErrno(kernel().epoll_create1(cloexec));
}

/** The descriptor that is readable whenever this thread's libuv loop has something to do. */
export function nodeLoopFd(): number {
  return kernel().uvBackendFd();
}

/** `tag` comes back with each event of `fd`. */
export function epollAdd(epollFd: number, fd: number, events: number, tag: number): number {
  return control(epollFd, ctlAdd, fd, events, tag);
}

export function epollModify(epollFd: number, fd: number, events: number, tag: number): number {
  return control(epollFd, ctlModify, fd, events, tag);
}

function control(epollFd: number, operation: number, fd: number, events: number, tag: number): number {
  eventBytes.writeUInt32LE(events, 0);
  eventBytes.writeInt32LE(fd, 4 * layout.dataWord);
  eventBytes.writeInt32LE(tag, 4 * layout.dataWord + 4);
  return orErrno(kernel().epoll_ctl(epollFd, operation, fd, eventBytes));
}

/** How many events came within `timeout` (struct timespec, timespec(3): four 32-bit words, little-endian). */
export function epollWait(epollFd: number, events: Int32Array, timeout: Int32Array): number {
  if (timeout.length < 4) throw new RangeError('a timespec has four words');
  const count = Math.floor(events.length / layout.eventWords);
  return orErrno(kernel().epoll_pwait2(epollFd, events, count, timeout, null));
}

/** A non-blocking socket without Nagle's delay, whose reads say when their bytes arrived. */
export function openTcpSocket(family: number): number {
  const fd = orErrno(kernel().socket(family === 6 ? families[6] : families[4], streamNonBlockingCloexec, 0));
  if (fd >= 0) {
    kernel().setsockopt(fd, ipprotoTcp, tcpNoDelay, one, one.byteLength);
    kernel().setsockopt(fd, solSocket, timestampNs, one, one.byteLength);
  }
  return fd;
}

export function connectTo(fd: number, address: Uint8Array): number {
  return orErrno(kernel().connect(fd, address, address.byteLength));
}

/** What became of a connection that was being opened: 0 or the negative errno. */
export function connectionError(fd: number): number {
  optionLength[0] = option.byteLength;
  const failed = kernel().getsockopt(fd, solSocket, soError, option, optionLength);
  return failed < 0 ? -kernel().errno() : -(option[0] ?? 0);
}

/** Where the fields of `struct msghdr` (recvmsg(2)) and of the control message are, in bytes; both processors have 64 bits. */
export const messageLayout = { bytes: 56, iov: 16, iovLength: 24, control: 32, controlLength: 40 } as const;
const controlLayout = { bytes: 32, length: 0, level: 8, type: 12, seconds: 16, nanoseconds: 24 } as const;

/** Reads into one buffer, and knows when the kernel took the last byte of what it read. */
export class Receiver {
  readonly bytes = Buffer.allocUnsafeSlow(65_536);
  readonly #vector = new BigUint64Array(2);
  // Memory of their own: the kernel keeps their addresses, and V8 moves what is small and its own.
  readonly #control = Buffer.from(new ArrayBuffer(controlLayout.bytes));
  readonly #message = Buffer.from(new ArrayBuffer(messageLayout.bytes));

  constructor() {
    const { addressOf } = kernel();
    this.#vector.set([addressOf(this.bytes), BigInt(this.bytes.byteLength)]);
    this.#message.writeBigUInt64LE(addressOf(new Uint8Array(this.#vector.buffer)), messageLayout.iov);
    this.#message.writeUInt32LE(1, messageLayout.iovLength);
    this.#message.writeBigUInt64LE(addressOf(this.#control), messageLayout.control);
  }

  /** How many bytes were read, or the negative errno. */
  receive(fd: number): number {
    this.#message.writeUInt32LE(controlLayout.bytes, messageLayout.controlLength);
    const count = kernel().recvmsg(fd, this.#message, 0);
    return count < 0 ? -kernel().errno() : count;
  }

  /** Of the last read, as `realNs`; NaN where the kernel did not say. */
  arrivedRealNs(): number {
    const control = this.#control;
    const isStamp =
      this.#message.readUInt32LE(messageLayout.controlLength) === controlLayout.bytes &&
      control.readInt32LE(controlLayout.level) === solSocket &&
      control.readInt32LE(controlLayout.type) === timestampNs;
    return isStamp ? timeOf(control, controlLayout.seconds) : Number.NaN;
  }
}

const timespec = Buffer.alloc(16);

/** CLOCK_REALTIME, since this module was loaded. */
export function realNs(): number {
  kernel().clock_gettime(clockRealtime, timespec);
  return timeOf(timespec, 0);
}

/** Times are counted from here: a double has no nanoseconds left in 1970's. */
const epochSec = Math.floor(Date.now() / 1000);

/** Of a struct timespec, timespec(3). */
function timeOf(bytes: Buffer, at: number): number {
  return (bytes.readUInt32LE(at) - epochSec) * 1e9 + bytes.readUInt32LE(at + 8);
}

/** struct sched_attr, sched_setattr(2): where its slice is, in bytes; and the numbers of the calls that set and get it. */
const schedAttr = { bytes: 48, runtime: 24, numbers: { x64: [314, 315], arm64: [274, 275] } } as const;
const sliceNs = 100_000n;

/**
 * Lets this thread's waits end when they are due, not up to 50 us later; and asks for short slices of the processor, since who asks
 * for less is let in at once where the processor is taken (kernels before 6.12 do not listen).
 */
export function askForPromptness() {
  const { prctl, syscall } = kernel();
  prctl(setTimerSlack, 1, 0, 0, 0);
  const [setAttr, getAttr] = schedAttr.numbers[process.arch as 'x64' | 'arm64'];
  const attr = Buffer.alloc(schedAttr.bytes);
  if (syscall(getAttr, 0, attr, schedAttr.bytes, 0) < 0) return;
  attr.writeBigUInt64LE(sliceNs, schedAttr.runtime);
  syscall(setAttr, 0, attr, 0, 0);
}

/** Never raises SIGPIPE. */
export function transmit(fd: number, bytes: Uint8Array, length: number): number {
  if (length > bytes.byteLength) throw new RangeError(`${length} bytes of ${bytes.byteLength}`);
  const count = kernel().send(fd, bytes, length, noSignal);
  return count < 0 ? -kernel().errno() : count;
}

export function closeFd(fd: number) {
  kernel().close(fd);
}

function orErrno(result: number): number {
  return result < 0 ? -kernel().errno() : result;
}

/** struct sockaddr_in (ip(7)) or sockaddr_in6 (ipv6(7)). A link-local address names its interface by number: fe80::1%2. */
export function socketAddress(
  { address, family }: { readonly address: string; readonly family: number },
  port: number,
): Buffer {
  const [text = '', scope = '0'] = address.split('%');
  const isV6 = family === 6;
  const bytes = Buffer.alloc(isV6 ? 28 : 16);
  bytes.writeUInt16LE(isV6 ? families[6] : families[4], 0);
  bytes.writeUInt16BE(port, 2);
  // 16 bytes or 4: what is left behind the port, and between port and scope.
  kernel().inet_pton(isV6 ? families[6] : families[4], text, bytes.subarray(isV6 ? 8 : 4));
  if (isV6) bytes.writeUInt32LE(Number(scope) || 0, 24);
  return bytes;
}
