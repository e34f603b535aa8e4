import { Problem } from './problem.ts';
import { readQuery } from './query.ts';
import { parseUuid } from './uuid.ts';

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
