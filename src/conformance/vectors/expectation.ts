import type { HttpResponse } from '../client/http-client.ts';
import { difference, type Mismatch, mismatch, preview } from './matcher.ts';
import type { BodyPart, Expect, VectorRequest } from './vector.ts';

const problemPrefix = 'urn:paceline:problem:';
/** What must never reach a client: SQL, stacks, names of our insides. */
const leakedInternals =
  /\b(select .+ from|insert into|update .+ set|delete from|traceback|pg_|psycopg|asyncpg|postgres|node:internal|goroutine)|\.(js|ts|py|go):\d+/i;

/** The first way in which the answer is not as expected; null when it is. The expectation's variables are replaced already. */
export function checkResponse(expected: Expect, response: HttpResponse): Mismatch | null {
  const statuses = [expected.status].flat();
  if (!statuses.includes(response.status)) {
    return { at: 'status', expected: statuses.join(' or '), got: `${response.status} ${preview(textOf(response))}` };
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
  const leaked = leakedInternals.exec(text)?.[0];
  return (
    headersMismatch(headers, response) ??
    mismatch(expected, body, 'problem') ??
    (leaked === undefined ? null : { at: 'problem', expected: 'nothing of the insides', got: preview(text) })
  );
}

function jsonMismatch(expected: unknown, response: HttpResponse): Mismatch | null {
  const headers = { 'content-type': { $regex: '^application/json(;|$)' } };
  return headersMismatch(headers, response) ?? mismatch(expected, parseJson(response), 'json');
}

function bytesMismatch(expected: Expect, response: HttpResponse): Mismatch | null {
  const { text, base64, parts } = expected;
  const bytes = bodyBytes({ text, base64, parts });
  if (bytes === null || bytes.equals(response.body)) return null;
  return difference('body', hexPreview(bytes), hexPreview(response.body));
}

function hexPreview(bytes: Buffer): string {
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

type BodyDescription = Pick<VectorRequest, 'json' | 'text' | 'base64' | 'parts' | 'padToBytes'>;

/** The bytes a vector describes; null where it describes none. */
export function bodyBytes(described: BodyDescription): Buffer | null {
  const bytes = unpaddedBytes(described);
  const missingCount = (described.padToBytes ?? 0) - (bytes?.length ?? 0);
  return bytes === null || missingCount <= 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(missingCount, ' ')]);
}

function unpaddedBytes({ json, text, base64, parts }: BodyDescription): Buffer | null {
  if (json !== undefined) return Buffer.from(JSON.stringify(json));
  if (text !== undefined) return Buffer.from(text);
  if (base64 !== undefined) return Buffer.from(base64, 'base64');
  return parts === undefined ? null : Buffer.concat(parts.map(partBytes));
}

function partBytes(part: BodyPart): Buffer {
  if ('text' in part) return Buffer.from(part.text);
  if ('base64' in part) return Buffer.from(part.base64, 'base64');
  if ('repeat' in part) return Buffer.from(part.repeat.repeat(part.count));
  const bytes = Buffer.alloc(part.float32.length * 4);
  for (const [index, value] of part.float32.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes;
}
