import type { EventResponse } from '../../_node/crud/event-hub.ts';

/** An answer that goes on: what the hub writes becomes the stream of `body`. */
export interface StreamedResponse extends EventResponse {
  readonly body: ReadableStream<Uint8Array>;
}

const utf8 = new TextEncoder();

/** `gone` aborts when the client has left. */
export function createStreamedResponse(gone: AbortSignal): StreamedResponse {
  const closeListeners: (() => void)[] = [];
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let headersSent = false;
  let ended = false;
  const finish = (close: () => void) => {
    if (ended) return;
    ended = true;
    try {
      close();
    } catch {
      // The client was faster: the stream is closed already.
    }
    for (const listener of closeListeners) listener();
  };
  const body = new ReadableStream<Uint8Array>(
    {
      start(own) {
        controller = own;
      },
      cancel: () => finish(() => {}),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  );
  gone.addEventListener('abort', () => finish(() => controller?.close()), { once: true });
  return {
    body,
    get headersSent() {
      return headersSent;
    },
    get writableEnded() {
      return ended;
    },
    /** Bytes that the client has not taken yet. */
    get writableLength() {
      return -(controller?.desiredSize ?? 0);
    },
    writeHead() {
      headersSent = true;
    },
    write(text: string) {
      if (!ended) controller?.enqueue(utf8.encode(text));
      return true;
    },
    end() {
      finish(() => controller?.close());
      return this as never;
    },
    destroy() {
      finish(() => controller?.error(new Error('the client reads too slowly')));
      return this as never;
    },
    once(_event: 'close', listener: () => void) {
      closeListeners.push(listener);
    },
  };
}
