import { MalformedResponse, parseResponseHead, type ResponseHead } from './response-head.ts';

/** What a reader tells of one answer: its head, its body piece by piece, its end. */
export interface ResponseListener {
  onHead(head: ResponseHead): void;
  /** Valid only during the call: the bytes are overwritten by the next ones from the socket. */
  onBody(bytes: Uint8Array): void;
  /** `isReusable`: the connection may carry another request. */
  onEnd(isReusable: boolean): void;
}

/** Reads HTTP/1.1 answers (RFC 9112) from bytes however they are split. */
export interface ResponseReader {
  /** Of the answer that comes next: one to HEAD has no body, whatever its headers say. Not told: it may have one. */
  expect(hasBody: boolean): void;
  /** Throws MalformedResponse when the bytes are no answer; the reader is of no use after that. */
  push(bytes: Buffer): void;
  /** The server has closed its side, which is the end of an answer without a length. */
  close(): void;
  /** Whether bytes of an unfinished answer have come. */
  readonly isMidAnswer: boolean;
}

type State = 'head' | 'length' | 'chunk-line' | 'chunk' | 'chunk-end' | 'trailer' | 'until-close';

const headLimitBytes = 16_384;
const chunkLineLimitBytes = 4_096;
const emptyLine = Buffer.from('\r\n\r\n');
const lineEnd = Buffer.from('\r\n');
const chunkLine = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i;

export function createResponseReader(listener: ResponseListener): ResponseReader {
  let state: State = 'head';
  /** The beginning of a head or line whose end has not come yet. */
  let partial: Buffer | null = null;
  let remainingBytes = 0;
  let keepsAlive = false;
  let mayHaveBody = true;
  let bytes: Buffer = emptyLine;
  let position = 0;

  const end = () => {
    // Whatever follows an answer that nobody asked for cannot be trusted, nor can its connection.
    const isReusable = keepsAlive && position === bytes.length;
    position = bytes.length;
    state = 'head';
    listener.onEnd(isReusable);
  };

  /** The text before `terminator`, consumed with it; null when it has not come yet. */
  const takeUntil = (terminator: Buffer, limitBytes: number): string | null => {
    if (partial !== null) joinPartial();
    const found = bytes.indexOf(terminator, position);
    const taken = found === -1 ? bytes.length - terminator.length + 1 : found;
    if (taken - position > limitBytes) throw new MalformedResponse(`${state} too long`);
    if (found === -1) {
      partial = Buffer.from(bytes.subarray(position));
      position = bytes.length;
      return null;
    }
    const text = bytes.toString('latin1', position, found);
    position = found + terminator.length;
    return text;
  };
  const joinPartial = () => {
    bytes = Buffer.concat([partial ?? emptyLine, bytes.subarray(position)]);
    position = 0;
    partial = null;
  };

  /** Body bytes that have come, at most as many as remain. */
  const takeBody = () => {
    const takenEnd = Math.min(bytes.length, position + remainingBytes);
    if (takenEnd > position) listener.onBody(bytes.subarray(position, takenEnd));
    remainingBytes -= takenEnd - position;
    position = takenEnd;
  };

  const readHead = () => {
    const text = takeUntil(emptyLine, headLimitBytes);
    if (text === null) return;
    const parsed = parseResponseHead(`${text}\r\n`);
    const head = mayHaveBody ? parsed : { ...parsed, contentLength: 0, isChunked: false };
    if (head.status === 101) throw new MalformedResponse('protocol switched');
    if (head.status < 200) return;
    keepsAlive = head.keepsAlive;
    listener.onHead(head);
    beginBody(head);
  };
  const beginBody = (head: ResponseHead) => {
    if (head.isChunked) state = 'chunk-line';
    else if (head.contentLength === null) state = 'until-close';
    else if (head.contentLength === 0) end();
    else {
      state = 'length';
      remainingBytes = head.contentLength;
    }
  };

  const readChunkLine = () => {
    const text = takeUntil(lineEnd, chunkLineLimitBytes);
    if (text === null) return;
    const size = chunkLine.exec(text)?.[1];
    if (size === undefined) throw new MalformedResponse('malformed chunk');
    remainingBytes = Number.parseInt(size, 16);
    state = remainingBytes === 0 ? 'trailer' : 'chunk';
  };
  const readChunkEnd = () => {
    const text = takeUntil(lineEnd, 0);
    if (text !== null) state = 'chunk-line';
  };
  const readTrailerLine = () => {
    if (takeUntil(lineEnd, headLimitBytes) === '') end();
  };

  const step = () => {
    switch (state) {
      case 'head':
        return readHead();
      case 'length':
        takeBody();
        return remainingBytes === 0 ? end() : undefined;
      case 'chunk-line':
        return readChunkLine();
      case 'chunk':
        takeBody();
        if (remainingBytes === 0) state = 'chunk-end';
        return;
      case 'chunk-end':
        return readChunkEnd();
      case 'trailer':
        return readTrailerLine();
      case 'until-close':
        remainingBytes = bytes.length;
        return takeBody();
    }
  };

  return {
    expect: (hasBody) => {
      mayHaveBody = hasBody;
    },
    push: (pushed) => {
      bytes = pushed;
      position = 0;
      while (position < bytes.length) step();
    },
    close: () => {
      if (state !== 'until-close') return;
      keepsAlive = false;
      end();
    },
    get isMidAnswer() {
      return state !== 'head' || partial !== null;
    },
  };
}
