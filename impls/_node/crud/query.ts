import { Problem } from './problem.ts';
import { parseUuid } from './schemas.ts';

/** The listed parameters of a query string; others are ignored. @throws Problem `invalid` for one given twice, or for text that is not UTF-8. */
function readQuery<Name extends string>(text: string, ...listed: Name[]): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {};
  if (text === '') return found;
  for (const pair of text.split('&')) {
    const [rawName = '', ...rest] = pair.split('=');
    const name = decode(rawName);
    const value = decode(rest.join('='));
    if (!isListed(name, listed)) continue;
    if (found[name] !== undefined) throw new Problem('invalid', `parameter ${name} is given twice`);
    found[name] = value;
  }
  return found;
}

function isListed<Name extends string>(name: string, listed: readonly Name[]): name is Name {
  return (listed as readonly string[]).includes(name);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Problem('invalid', "the query's percent-encoding is wrong or not UTF-8");
  }
}

export interface Page {
  readonly limit: number;
  /** The last id seen; the page starts below it. */
  readonly after: string | undefined;
}

const defaultLimit = 20;
const maxLimit = 100;

/** @throws Problem `invalid` */
export function readPage(queryText: string): Page {
  const { limit, after } = readQuery(queryText, 'limit', 'after');
  return { limit: readLimit(limit), after: after === undefined ? undefined : readCursor(after) };
}

/** The Link header of a page that is not the last. */
export function nextLink(limit: number, lastId: string): string {
  return `</files?limit=${limit}&after=${lastId}>; rel="next"`;
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return defaultLimit;
  const limit = /^[1-9][0-9]{0,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(limit <= maxLimit)) throw new Problem('invalid', `limit is not a whole number from 1 to ${maxLimit}`);
  return limit;
}

function readCursor(text: string): string {
  const id = parseUuid(text);
  if (id === undefined) throw new Problem('invalid', 'after is not a UUID');
  return id;
}

const maxBytes = 255;

/** The `name` of a new file. @throws Problem `invalid` */
export function readFileName(queryText: string): string {
  const { name } = readQuery(queryText, 'name');
  if (name === undefined || name === '') throw new Problem('invalid', 'name is missing');
  if (Buffer.byteLength(name) > maxBytes) throw new Problem('invalid', `name is longer than ${maxBytes} bytes`);
  if (/\p{Cc}/u.test(name)) throw new Problem('invalid', 'name has a control character');
  return name;
}
