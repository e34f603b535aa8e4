import { MalformedResponse, parseResponseHead, type ResponseHead } from './response-head.ts';

/** What a reader gives of one answer: its head, its body piece by piece, its end. */
export interface ResponseListener {
  onHead(head: ResponseHead): void;
  /** `bytes` from `start` to `end`; valid only during the call: they are overwritten by the next ones from the socket. */
  onBody(bytes: Buffer, start: number, end: number): void;
  /** `isReusable`: the connection may carry another request. */
  onComplete(isReusable: boolean): void;
}

type State = 'head' | 'length' | 'chunk-line' | 'chunk' | 'chunk-end' | 'trailer' | 'until-close';

const headLimitBytes = 16_384;
const chunkLineLimitBytes = 4_096;
const emptyLine = Buffer.from('\r\n\r\n');
const lineEnd = Buffer.from('\r\n');
const chunkLine = /^([0-9a-f]{1,12})[ \t]*(?:;.*)?$/i;

/** Reads HTTP/1.1 answers (RFC 9112) from bytes however they are split. */
export class ResponseReader {
  readonly #listener: ResponseListener;
  #state: State = 'head';
  /** The beginning of a head or line whose end has not come yet. */
  #partial: Buffer | null = null;
  #remainingBytes = 0;
  #keepsAlive = false;
  #mayHaveBody = true;
  #bytes: Buffer = emptyLine;
  #position = 0;

  constructor(listener: ResponseListener) {
    this.#listener = listener;
  }

  /** Whether bytes of an unfinished answer have come. */
  get isMidAnswer(): boolean {
    return this.#state !== 'head' || this.#partial !== null;
  }

  /** Of the answer that comes next: one to HEAD has no body, whatever its headers say. Not told: it may have one. */
  expect(hasBody: boolean) {
    this.#mayHaveBody = hasBody;
  }

  /** Throws MalformedResponse when the bytes are no answer; the reader is of no use after that. */
  push(bytes: Buffer) {
    this.#bytes = bytes;
    this.#position = 0;
    while (this.#position < this.#bytes.length) this.#step();
  }

  /** The server has closed its side, which is the end of an answer without a length. */
  close() {
    if (this.#state !== 'until-close') return;
    this.#keepsAlive = false;
    this.#end();
  }

  #step() {
    switch (this.#state) {
      case 'head':
        return this.#readHead();
      case 'length':
        this.#takeBody();
        return this.#remainingBytes === 0 ? this.#end() : undefined;
      case 'chunk-line':
        return this.#readChunkLine();
      case 'chunk':
        this.#takeBody();
        if (this.#remainingBytes === 0) this.#state = 'chunk-end';
        return;
      case 'chunk-end':
        if (this.#takeUntil(lineEnd, 0) !== null) this.#state = 'chunk-line';
        return;
      case 'trailer':
        if (this.#takeUntil(lineEnd, headLimitBytes) === '') this.#end();
        return;
      case 'until-close':
        this.#remainingBytes = this.#bytes.length;
        return this.#takeBody();
    }
  }

  #end() {
    // Whatever follows an answer that nobody asked for cannot be trusted, nor can its connection.
    const isReusable = this.#keepsAlive && this.#position === this.#bytes.length;
    this.#position = this.#bytes.length;
    this.#state = 'head';
    this.#listener.onComplete(isReusable);
  }

  /** The text before `terminator`, consumed with it; null when it has not come yet. */
  #takeUntil(terminator: Buffer, limitBytes: number): string | null {
    if (this.#partial !== null) this.#joinPartial();
    const bytes = this.#bytes;
    const start = this.#position;
    const found = bytes.indexOf(terminator, start);
    const taken = found === -1 ? bytes.length - terminator.length + 1 : found;
    if (taken - start > limitBytes) throw new MalformedResponse(`${this.#state} too long`);
    if (found === -1) {
      this.#partial = Buffer.from(bytes.subarray(start));
      this.#position = bytes.length;
      return null;
    }
    this.#position = found + terminator.length;
    return bytes.toString('latin1', start, found);
  }

  #joinPartial() {
    this.#bytes = Buffer.concat([this.#partial ?? emptyLine, this.#bytes.subarray(this.#position)]);
    this.#position = 0;
    this.#partial = null;
  }

  /** Body bytes that have come, at most as many as remain. */
  #takeBody() {
    const end = Math.min(this.#bytes.length, this.#position + this.#remainingBytes);
    if (end > this.#position) this.#listener.onBody(this.#bytes, this.#position, end);
    this.#remainingBytes -= end - this.#position;
    this.#position = end;
  }

  #readHead() {
    const text = this.#takeUntil(emptyLine, headLimitBytes);
    if (text === null) return;
    const parsed = parseResponseHead(text);
    if (parsed.status === 101) throw new MalformedResponse('protocol switched');
    if (parsed.status < 200) return;
    this.#keepsAlive = parsed.keepsAlive;
    this.#beginBody(this.#mayHaveBody ? parsed : { ...parsed, contentLength: 0, isChunked: false });
  }

  #beginBody(head: ResponseHead) {
    this.#listener.onHead(head);
    if (head.isChunked) this.#state = 'chunk-line';
    else if (head.contentLength === null) this.#state = 'until-close';
    else if (head.contentLength === 0) this.#end();
    else {
      this.#state = 'length';
      this.#remainingBytes = head.contentLength;
    }
  }

  #readChunkLine() {
    const text = this.#takeUntil(lineEnd, chunkLineLimitBytes);
    if (text === null) return;
    const size = chunkLine.exec(text)?.[1];
    if (size === undefined) throw new MalformedResponse('malformed chunk');
    this.#remainingBytes = Number.parseInt(size, 16);
    this.#state = this.#remainingBytes === 0 ? 'trailer' : 'chunk';
  }
}
