import type { HttpResponse } from './http-connection.ts';
import { differ, type Mismatch, mismatch, shown } from './matcher.ts';
import { describedBytes } from './request-body.ts';
import type { Expect } from './vector.ts';

const problemPrefix = 'urn:paceline:problem:';
/** What must never reach a client: SQL, stacks, names of our insides. */
const leak =
  /\b(select .+ from|insert into|update .+ set|delete from|traceback|pg_|psycopg|asyncpg|postgres|node:internal|goroutine)|\.(js|ts|py|go):\d+/i;

/** The first way in which the answer is not as expected; null when it is. The expectation's variables are replaced already. */
export function checkResponse(expected: Expect, response: HttpResponse): Mismatch | null {
  const statuses = [expected.status].flat();
  if (!statuses.includes(response.status)) {
    return { at: 'status', expected: statuses.join(' or '), got: `${response.status} ${shown(textOf(response))}` };
  }
  return (
    headersMismatch(expected.headers ?? {}, response) ??
    (expected.problem === undefined ? null : problemMismatch(expected.problem, response)) ??
    (expected.json === undefined ? null : jsonMismatch(expected.json, response)) ??
    bytesMismatch(expected, response)
  );
}

function headersMismatch(expected: Record<string, unknown>, response: HttpResponse): Mismatch | null {
  for (const [name, value] of Object.entries(expected)) {
    const found = mismatch(value, response.headers.get(name.toLowerCase()) ?? null, `header ${name}`);
    if (found !== null) return found;
  }
  return null;
}

/** RFC 9457, and the header fields RFC 9110 demands beside 401 (section 15.5.2) and 405 (15.5.6). */
function problemMismatch(problem: string, response: HttpResponse): Mismatch | null {
  const expected = {
    type: problemPrefix + problem,
    title: { $regex: '.' },
    status: response.status,
    detail: { $type: 'string' },
  };
  const demanded: Record<number, Record<string, unknown>> = {
    401: { 'www-authenticate': { $regex: '^[Bb]earer\\b' } },
    405: { allow: { $regex: '^[A-Z]+(, ?[A-Z]+)*$' } },
  };
  const headers = { 'content-type': { $regex: '^application/problem\\+json(;|$)' }, ...demanded[response.status] };
  const body = parseJson(response);
  const text = textOf(response);
  const leaked = leak.exec(text)?.[0];
  return (
    headersMismatch(headers, response) ??
    mismatch(expected, body, 'problem') ??
    (leaked === undefined ? null : { at: 'problem', expected: 'nothing of the insides', got: shown(text) })
  );
}

function jsonMismatch(expected: unknown, response: HttpResponse): Mismatch | null {
  const headers = { 'content-type': { $regex: '^application/json(;|$)' } };
  return headersMismatch(headers, response) ?? mismatch(expected, parseJson(response), 'json');
}

function bytesMismatch(expected: Expect, response: HttpResponse): Mismatch | null {
  const { text, base64, parts } = expected;
  const bytes = describedBytes({ text, base64, parts });
  if (bytes === null || bytes.equals(response.body)) return null;
  return differ('body', brief(bytes), brief(response.body));
}

function brief(bytes: Buffer): string {
  return `${bytes.length} bytes: ${bytes.subarray(0, 40).toString('hex')}`;
}

export function parseJson(response: HttpResponse): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(response.body));
  } catch {
    return undefined;
  }
}

export function textOf(response: HttpResponse): string {
  return response.body.toString('utf8');
}
