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
    foreign = declare(createRequire(import.meta.url)('koffi') as typeof import('koffi'));
    return null;
  } catch (error) {
    return `the foreign-function interface koffi cannot be used: ${error instanceof Error ? error.message : String(error)}`;
  }
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
    // recv(2); ssize_t is long here
    recv: library.func('long recv(int sockfd, void *buf, size_t len, int flags)'),
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

/** A non-blocking socket without Nagle's delay. */
export function openTcpSocket(family: number): number {
  const fd = orErrno(kernel().socket(family === 6 ? families[6] : families[4], streamNonBlockingCloexec, 0));
  if (fd >= 0) kernel().setsockopt(fd, ipprotoTcp, tcpNoDelay, one, one.byteLength);
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

export function receive(fd: number, bytes: Uint8Array): number {
  const count = kernel().recv(fd, bytes, bytes.byteLength, 0);
  return count < 0 ? -kernel().errno() : count;
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
