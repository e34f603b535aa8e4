import type { ServerSentEvent, WorkloadRequest } from '../model/workload.ts';
import { createEventStreamReader } from './event-stream.ts';
import type { RequestWriter } from './request-text.ts';
import { MalformedResponse } from './response-head.ts';
import { createResponseReader } from './response-reader.ts';
import { openSocket, type TargetAddress } from './socket.ts';

/** The event streams that a workload holds open beside its requests. */
export interface EventStreams {
  close(): void;
}

interface StreamListener {
  onOpen(): void;
  onEvent(event: ServerSentEvent): void;
  onClose(reason: string): void;
}

const reopenAfterMs = 1_000;

/**
 * Opens one stream for each request; resolves when all have answered 200, rejects when one does not at first. A stream that
 * ends later is opened again after a second, from the last event it gave.
 */
export async function openEventStreams(
  address: TargetAddress,
  writeRequest: RequestWriter,
  requests: readonly WorkloadRequest[],
  onEvent: (event: ServerSentEvent) => void,
): Promise<EventStreams> {
  const kept = requests.map((request) => keepStream(address, writeRequest, request, onEvent));
  const close = () => {
    for (const stream of kept) stream.close();
  };
  try {
    await Promise.all(kept.map((stream) => stream.opened));
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}

function keepStream(
  address: TargetAddress,
  writeRequest: RequestWriter,
  request: WorkloadRequest,
  onEvent: (event: ServerSentEvent) => void,
): { opened: Promise<void>; close(): void } {
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>();
  let lastEventId: string | null = null;
  let timer: NodeJS.Timeout | undefined;
  let stream: { close(): void };
  const open = () => {
    const resumed = lastEventId === null ? {} : { 'last-event-id': lastEventId };
    stream = openStream(address, writeRequest({ ...request, headers: { ...request.headers, ...resumed } }), {
      onOpen: resolve,
      onEvent: (event) => {
        lastEventId = event.id;
        onEvent(event);
      },
      onClose: (reason) => {
        reject(new Error(`the event stream ${request.path} did not open: ${reason}`));
        timer = setTimeout(open, reopenAfterMs);
      },
    });
  };
  const close = () => {
    clearTimeout(timer);
    stream.close();
  };
  open();
  return { opened, close };
}

function openStream(address: TargetAddress, requestText: string, listener: StreamListener): { close(): void } {
  let isOver = false;
  const close = () => {
    isOver = true;
    socket.destroy();
  };
  const end = (reason: string) => {
    if (isOver) return;
    close();
    listener.onClose(reason);
  };
  const readEvents = createEventStreamReader(listener.onEvent);
  const reader = createResponseReader({
    onHead: ({ status }) => {
      if (status !== 200) throw new MalformedResponse(`status ${status}`);
      listener.onOpen();
    },
    onBody: readEvents,
    onEnd: () => end('the stream has ended'),
  });
  const socket = openSocket(address, {
    onOpen: () => socket.write(requestText, 'latin1'),
    onData: (bytes) => {
      try {
        if (!isOver) reader.push(bytes);
      } catch (error) {
        if (!(error instanceof MalformedResponse)) throw error;
        end(error.message);
      }
    },
    onEnd: () => end('the stream has ended'),
    onClose: end,
  });
  return { close };
}
