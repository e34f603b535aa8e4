import assert from 'node:assert/strict';
import { test } from 'node:test';
import koffi from 'koffi';
import {
  epollAdd,
  errorName,
  eventLayoutOf,
  loadKernel,
  messageLayout,
  realNs,
  refusedWait,
  socketAddress,
  transmit,
} from '../../src/load/transport/kernel.ts';

const isLinux = process.platform === 'linux';
const skip = isLinux ? false : 'it speaks to Linux';

/** <sys/epoll.h>: EPOLL_PACKED is set on x86-64 only. */
const event = { events: 'uint32_t', data: 'uint64_t' };
const layouts = [
  ['x64', koffi.pack('packed_epoll_event', event)],
  ['arm64', koffi.struct('plain_epoll_event', event)],
] as const;

for (const [arch, type] of layouts) {
  test(`struct epoll_event is laid out as C does it on ${arch}`, () => {
    const { eventWords, dataWord } = eventLayoutOf(arch);
    assert.equal(4 * eventWords, koffi.sizeof(type));
    assert.equal(4 * dataWord, koffi.offsetof(type, 'data'));
  });
}

test('addresses are laid out as struct sockaddr_in and sockaddr_in6', { skip }, () => {
  assert.equal(loadKernel(), null);
  const v4 = koffi.struct('sockaddr_in', {
    ...{ sin_family: 'uint16_t', sin_port: koffi.array('uint8_t', 2), sin_addr: koffi.array('uint8_t', 4) },
    sin_zero: koffi.array('uint8_t', 8),
  });
  const v6 = koffi.struct('sockaddr_in6', {
    ...{ sin6_family: 'uint16_t', sin6_port: koffi.array('uint8_t', 2), sin6_flowinfo: 'uint32_t' },
    ...{ sin6_addr: koffi.array('uint8_t', 16), sin6_scope_id: 'uint32_t' },
  });
  const address = socketAddress({ address: '127.0.0.1', family: 4 }, 0x1f90);
  assert.equal(address.length, koffi.sizeof(v4));
  assert.deepEqual([...address.subarray(0, 8)], [2, 0, 0x1f, 0x90, 127, 0, 0, 1]);
  const bytes = Uint8Array.from({ length: 16 }, (_, index) => index + 1);
  const text = '102:304:506:708:90a:b0c:13.14.15.16%7';
  const scoped = socketAddress({ address: text, family: 6 }, 80);
  assert.equal(scoped.length, koffi.sizeof(v6));
  const offsetOf = (name: string) => koffi.offsetof(v6, name);
  assert.deepEqual(scoped.subarray(offsetOf('sin6_addr'), offsetOf('sin6_addr') + 16), Buffer.from(bytes));
  assert.equal(scoped.readUInt32LE(offsetOf('sin6_scope_id')), 7);
});

test('a kernel or a filter of system calls without epoll_pwait2 is found out before anything is sent', () => {
  const calls = (answers: { readonly created: number; readonly waited: number; readonly errno: number }) => ({
    epoll_create1: () => answers.created,
    epoll_pwait2: () => answers.waited,
    close: () => 0,
    errno: () => answers.errno,
  });
  assert.equal(refusedWait(calls({ created: 3, waited: 0, errno: 0 })), null);
  assert.equal(refusedWait(calls({ created: 3, waited: -1, errno: 38 })), 'this kernel refuses epoll_pwait2: ENOSYS');
  assert.equal(refusedWait(calls({ created: 3, waited: -1, errno: 1 })), 'this kernel refuses epoll_pwait2: EPERM');
  assert.equal(refusedWait(calls({ created: -1, waited: 0, errno: 24 })), 'this kernel refuses epoll_create1: EMFILE');
});

test('a failed call gives its errno, and a length beyond its buffer never reaches the kernel', { skip }, () => {
  assert.equal(loadKernel(), null);
  assert.equal(errorName(epollAdd(-1, -1, 0, 0)), 'EBADF');
  assert.equal(errorName(transmit(-1, Buffer.alloc(8), 8)), 'EBADF');
  assert.throws(() => transmit(-1, Buffer.alloc(8), 9), RangeError);
});

test('struct msghdr is laid out as C does it', () => {
  const type = koffi.struct('msghdr', {
    ...{ msg_name: 'void *', msg_namelen: 'uint32_t', msg_iov: 'void *', msg_iovlen: 'size_t' },
    ...{ msg_control: 'void *', msg_controllen: 'size_t', msg_flags: 'int' },
  });
  assert.deepEqual(messageLayout, {
    bytes: koffi.sizeof(type),
    iov: koffi.offsetof(type, 'msg_iov'),
    iovLength: koffi.offsetof(type, 'msg_iovlen'),
    control: koffi.offsetof(type, 'msg_control'),
    controlLength: koffi.offsetof(type, 'msg_controllen'),
  });
});

test("the kernel's clock runs as Node's", { skip }, () => {
  assert.equal(loadKernel(), null);
  const before = realNs();
  const startMs = Date.now();
  while (Date.now() < startMs + 20);
  const passedMs = (realNs() - before) / 1e6;
  assert.ok(Math.abs(passedMs - (Date.now() - startMs)) < 5, `${passedMs} ms`);
});
