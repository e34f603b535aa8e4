import type { WorkloadResponse } from '../../model/workload.ts';

/** Beyond this an answer counts as malformed instead of filling the generator's memory. */
const bodyLimitBytes = 64 * 2 ** 20;
const noBytes = new Uint8Array(0);

/**
 * Gathers one answer at a time: a body of known length is copied once, into its place. It is the answer itself, until the next
 * one begins. Without `keepsBodies` a body is only counted, and an answer has none: hundreds of large ones under way fit into
 * no memory.
 */
export class AnswerCollector implements WorkloadResponse {
  readonly #keepsBodies: boolean;
  #head: ResponseHead | null = null;
  #whole: Uint8Array | null = null;
  #pieces: Uint8Array[] = [];
  #filledBytes = 0;

  constructor(keepsBodies = true) {
    this.#keepsBodies = keepsBodies;
  }

  get status(): number {
    return this.#head?.status ?? 0;
  }

  get body(): Uint8Array {
    if (this.#whole !== null) return this.#whole;
    this.#whole = this.#pieces.length === 0 ? noBytes : Buffer.concat(this.#pieces);
    return this.#whole;
  }

  header(name: string): string | null {
    return this.#head === null ? null : findHeader(this.#head.text, name);
  }

  begin(head: ResponseHead) {
    this.#head = head;
    const { contentLength } = head;
    if (contentLength !== null) assertShort(contentLength);
    this.#whole = contentLength === null || !this.#keepsBodies ? null : allocate(contentLength);
    if (this.#pieces.length > 0) this.#pieces = [];
    this.#filledBytes = 0;
  }

  add(bytes: Buffer, start: number, end: number) {
    const from = this.#filledBytes;
    this.#filledBytes = from + end - start;
    assertShort(this.#filledBytes);
    if (!this.#keepsBodies) return;
    if (this.#whole !== null) bytes.copy(this.#whole, from, start, end);
    else this.#pieces.push(Buffer.from(bytes.subarray(start, end)));
  }
}

function assertShort(byteLength: number) {
  if (byteLength > bodyLimitBytes) throw new MalformedResponse('body too long');
}

function allocate(byteLength: number): Uint8Array {
  return byteLength === 0 ? noBytes : Buffer.allocUnsafe(byteLength);
}

/** The head of an answer as far as reading its body needs it; other headers are looked up in `text` when asked for. */
export interface ResponseHead {
  readonly status: number;
  /** Status line and header lines, each with its CRLF, read as latin1. */
  readonly text: string;
  readonly contentLength: number | null;
  readonly isChunked: boolean;
  /** Whether the connection may carry another request once the body has ended. */
  readonly keepsAlive: boolean;
}

/** The answer cannot be understood; the message is the reason counted for its request. */
export class MalformedResponse extends Error {}

const headLineEnd = '\r\n';
const statusLine = /^HTTP\/1\.([01]) (\d{3})(?: [^\r\n]*)?\r\n/;

/** Throws MalformedResponse. `text`: status line and header lines, each with its CRLF. */
export function parseResponseHead(text: string): ResponseHead {
  const start = statusLine.exec(text);
  if (start === null) throw new MalformedResponse('malformed status line');
  const framing: Framing = { contentLength: null, isChunked: false, connection: '' };
  for (let from = start[0].length; from < text.length; ) {
    const end = text.indexOf(headLineEnd, from);
    readFramingHeader(text, from, end, framing);
    from = end + headLineEnd.length;
  }
  if (framing.isChunked && framing.contentLength !== null) {
    throw new MalformedResponse('both content-length and transfer-encoding');
  }
  const keepsAlive =
    start[1] === '1' ? !hasToken(framing.connection, 'close') : hasToken(framing.connection, 'keep-alive');
  const status = Number(start[2]);
  // These have no body, whatever their headers say.
  const { contentLength, isChunked } =
    status === 204 || status === 304 ? { contentLength: 0, isChunked: false } : framing;
  return { status, text, contentLength, isChunked, keepsAlive };
}

/** The value of a header by its lower-case name, several lines of it joined by commas; null when there is none. */
function findHeader(text: string, name: string): string | null {
  let found: string | null = null;
  for (let from = text.indexOf(headLineEnd) + headLineEnd.length; from < text.length; ) {
    const end = text.indexOf(headLineEnd, from);
    if (text[from + name.length] === ':' && isNamed(text, from, name)) {
      const value = text.slice(from + name.length + 1, end).trim();
      found = found === null ? value : `${found}, ${value}`;
    }
    from = end + headLineEnd.length;
  }
  return found;
}

interface Framing {
  contentLength: number | null;
  isChunked: boolean;
  connection: string;
}

/** Only the three headers that frame a body are read; most lines are dismissed by the length of their name. */
function readFramingHeader(text: string, from: number, end: number, framing: Framing) {
  const nameLength = text.indexOf(':', from) - from;
  if (nameLength < 1 || from + nameLength > end || isSpace(text, from) || isSpace(text, from + nameLength - 1)) {
    throw new MalformedResponse('malformed header line');
  }
  const value = () => text.slice(from + nameLength + 1, end).trim();
  if (nameLength === 14 && isNamed(text, from, 'content-length')) {
    if (framing.contentLength !== null) throw new MalformedResponse('more than one content-length');
    framing.contentLength = parseLength(value());
  } else if (nameLength === 17 && isNamed(text, from, 'transfer-encoding')) {
    if (value().toLowerCase() !== 'chunked') throw new MalformedResponse('unknown transfer-encoding');
    framing.isChunked = true;
  } else if (nameLength === 10 && isNamed(text, from, 'connection')) {
    framing.connection += `,${value().toLowerCase()}`;
  }
}

function isNamed(text: string, from: number, name: string): boolean {
  return text.slice(from, from + name.length).toLowerCase() === name;
}

function isSpace(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t';
}

function parseLength(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw new MalformedResponse('malformed content-length');
  return Number(value);
}

function hasToken(list: string, token: string): boolean {
  return list !== '' && list.split(',').some((part) => part.trim() === token);
}

/** What a reader gives of one answer: its head, its body piece by piece, its end. */
export interface ResponseListener {
  onHead(head: ResponseHead): void;
  /** `bytes` from `start` to `end`; valid only during the call: they are overwritten by the next ones from the socket. */
  onBody(bytes: Buffer, start: number, end: number): void;
  /** `isReusable`: the connection may carry another request. */
  onComplete(isReusable: boolean): void;
}

type State = 'head' | 'length' | 'chunk-line' | 'chunk' | 'chunk-end' | 'trailer' | 'until-close';

/** Many answers have the very head of the one before (their date changes once a second): comparing is cheaper than reading. */
let knownHead: ResponseHead | null = null;
let knownBytes = Buffer.alloc(0);

function startsWithKnownHead(bytes: Buffer, position: number): boolean {
  const length = knownBytes.length;
  if (knownHead === null || bytes.length - position < length) return false;
  for (let at = 0; at < length; at++) if (bytes[position + at] !== knownBytes[at]) return false;
  return true;
}

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
    const parsed = this.#takeKnownHead() ?? this.#takeHead();
    if (parsed === null) return;
    if (parsed.status === 101) throw new MalformedResponse('protocol switched');
    if (parsed.status < 200) return;
    this.#keepsAlive = parsed.keepsAlive;
    this.#beginBody(this.#mayHaveBody ? parsed : { ...parsed, contentLength: 0, isChunked: false });
  }

  #takeKnownHead(): ResponseHead | null {
    if (this.#partial !== null || !startsWithKnownHead(this.#bytes, this.#position)) return null;
    this.#position += knownBytes.length;
    return knownHead;
  }

  #takeHead(): ResponseHead | null {
    const text = this.#takeUntil(emptyLine, headLimitBytes);
    if (text === null) return null;
    knownHead = parseResponseHead(`${text}${headLineEnd}`);
    knownBytes = Buffer.from(`${text}${headLineEnd}${headLineEnd}`, 'latin1');
    return knownHead;
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
