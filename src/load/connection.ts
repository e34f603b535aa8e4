import type { Socket } from 'node:net';
import type { WorkloadRequest } from '../model/workload.ts';
import { type AnswerCollector, createAnswerCollector } from './answer.ts';
import type { Connect, Connection, ConnectionListener } from './pool.ts';
import type { RequestWriter } from './request-text.ts';
import { MalformedResponse } from './response-head.ts';
import { createResponseReader, type ResponseReader } from './response-reader.ts';
import { openSocket, type TargetAddress } from './socket.ts';

/** Up to here a body is copied behind its head, so that one write carries both. */
const joinLimitBytes = 16_384;

/** HTTP/1.1 with keep-alive, one request at a time, on a socket of its own. `keepsBodies`: see `createAnswerCollector`. */
export function connectTo(address: TargetAddress, writeRequest: RequestWriter, keepsBodies = true): Connect {
  return (listener) => openConnection(address, writeRequest, createAnswerCollector(keepsBodies), listener);
}

function openConnection(
  address: TargetAddress,
  writeRequest: RequestWriter,
  collector: AnswerCollector,
  listener: ConnectionListener,
): Connection {
  let isBusy = false;
  let isOver = false;
  let isSmall = true;

  const reader = createResponseReader({
    onHead: collector.begin,
    onBody: collector.add,
    onEnd: (isReusable) => {
      isBusy = false;
      // A server that answers before it has read the whole request will not read the next one. A small one has left at once
      // (with TLS, Node only says so later).
      const staysOpen = isReusable && (isSmall || socket.writableLength === 0);
      if (!staysOpen) destroy();
      listener.onAnswer(collector.finish(), staysOpen);
    },
  });
  const destroy = () => {
    isOver = true;
    socket.destroy();
  };
  const fail = (reason: string) => {
    if (isOver) return;
    destroy();
    listener.onClose(reason);
  };

  const socket = openSocket(address, {
    onOpen: listener.onOpen,
    onData: (bytes) => {
      if (isOver) return;
      if (!isBusy) return fail('bytes nobody asked for');
      const malformed = tryPush(reader, bytes);
      if (malformed !== null) fail(malformed);
    },
    onEnd: () => {
      const reason = reader.isMidAnswer ? 'closed in the middle of the answer' : 'closed before the answer';
      // This ends an answer that lasts until the close.
      reader.close();
      fail(reason);
    },
    onClose: fail,
  });

  const send = (request: WorkloadRequest) => {
    isSmall = request.body === null || request.body.byteLength <= joinLimitBytes;
    reader.expect(request.method !== 'HEAD');
    write(socket, writeRequest(request), request.body);
    // Node tries the write at once: an error now means that the kernel took no byte of it.
    if (socket.destroyed) return false;
    isBusy = true;
    return true;
  };
  return { send, destroy };
}

function tryPush(reader: ResponseReader, bytes: Buffer): string | null {
  try {
    reader.push(bytes);
    return null;
  } catch (error) {
    if (error instanceof MalformedResponse) return error.message;
    throw error;
  }
}

function write(socket: Socket, head: string, body: Uint8Array | null): void {
  if (body === null || body.byteLength === 0) socket.write(head, 'latin1');
  else if (body.byteLength <= joinLimitBytes) socket.write(join(head, body));
  else {
    socket.cork();
    socket.write(head, 'latin1');
    socket.write(body);
    socket.uncork();
  }
}

function join(head: string, body: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(head.length + body.byteLength);
  bytes.write(head, 'latin1');
  bytes.set(body, head.length);
  return bytes;
}
