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

const lineEnd = '\r\n';
const statusLine = /^HTTP\/1\.([01]) (\d{3})(?: [^\r\n]*)?\r\n/;

let lastText = '';
let lastHead: ResponseHead | null = null;

/**
 * Throws MalformedResponse. `text` ends before the CRLF of its last line.
 * Many answers have the very head of the one before (their date changes once a second): comparing is cheaper than reading.
 */
export function parseResponseHead(text: string): ResponseHead {
  if (lastHead === null || lastText !== text) {
    lastHead = readHead(`${text}${lineEnd}`);
    lastText = text;
  }
  return lastHead;
}

function readHead(text: string): ResponseHead {
  const start = statusLine.exec(text);
  if (start === null) throw new MalformedResponse('malformed status line');
  const framing: Framing = { contentLength: null, isChunked: false, connection: '' };
  for (let from = start[0].length; from < text.length; ) {
    const end = text.indexOf(lineEnd, from);
    readFramingHeader(text, from, end, framing);
    from = end + lineEnd.length;
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
export function findHeader(text: string, name: string): string | null {
  let found: string | null = null;
  for (let from = text.indexOf(lineEnd) + lineEnd.length; from < text.length; ) {
    const end = text.indexOf(lineEnd, from);
    if (text[from + name.length] === ':' && isNamed(text, from, name)) {
      const value = text.slice(from + name.length + 1, end).trim();
      found = found === null ? value : `${found}, ${value}`;
    }
    from = end + lineEnd.length;
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
