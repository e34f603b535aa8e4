import type { Socket } from 'node:net';

/** The incoming bytes of a socket, taken line by line or by count. Rejects when the connection ends before. */
export interface ByteReader {
  /** Up to the next CRLF or LF, without it. */
  line(): Promise<string>;
  bytes(count: number): Promise<Buffer>;
  /** Whatever comes next, at least one byte; null at the end. */
  some(): Promise<Buffer | null>;
  /** Bytes that came and nobody took. */
  readonly pendingCount: number;
  readonly ended: boolean;
}

export function createByteReader(socket: Socket): ByteReader {
  let pending: Buffer = Buffer.alloc(0);
  let ended = false;
  let failure: Error | null = null;
  let wake: () => void = () => {};
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    wake();
  });
  socket.on('error', (error) => {
    failure = error;
  });
  socket.on('end', finish);
  socket.on('close', finish);
  function finish(): void {
    ended = true;
    wake();
  }

  async function more(): Promise<void> {
    if (ended) throw failure ?? new Error('the connection was closed before the answer was complete');
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  function take(count: number, skipCount = 0): Buffer {
    const taken = pending.subarray(0, count);
    pending = pending.subarray(count + skipCount);
    return taken;
  }

  return {
    async line() {
      let end = pending.indexOf(10);
      for (; end < 0; end = pending.indexOf(10)) await more();
      return take(end, 1).toString('latin1').replace(/\r$/, '');
    },
    async bytes(count) {
      while (pending.length < count) await more();
      return take(count);
    },
    async some() {
      while (pending.length === 0 && !ended) await more();
      return pending.length === 0 ? null : take(pending.length);
    },
    get pendingCount() {
      return pending.length;
    },
    get ended() {
      return ended;
    },
  };
}
