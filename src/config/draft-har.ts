import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { HarnessError } from '../model/harness-error.ts';
import { parseJsonText } from '../os/json-text.ts';
import type { DescribedRequests, DraftedRequest } from './draft-openapi.ts';
import { type Redaction, redactionOf } from './har-secrets.ts';

const namedValues = z.array(z.looseObject({ name: z.string(), value: z.string() })).default([]);

const entrySchema = z.looseObject({
  request: z.looseObject({
    method: z.string(),
    url: z.string(),
    headers: namedValues,
    postData: z.looseObject({ mimeType: z.string().default(''), text: z.string().optional() }).optional(),
  }),
  response: z.looseObject({ status: z.number() }),
});

const harSchema = z.looseObject({ log: z.looseObject({ entries: z.array(entrySchema) }) });

type Entry = z.infer<typeof entrySchema>;
const maxBytes = 256 * 2 ** 20;
/** More kinds of requests than this are no draft that a person reads. */
const maxRequestCount = 40;

/**
 * A browser's recording (HTTP Archive 1.2) as requests: alike ones are one, as heavy as they were often. Requests of other hosts than
 * `host` (null: the most frequent) are left out and counted; what may be a secret is `{env:NAME}`. Throws HarnessError usage.
 */
export async function harRequests(path: string, host: string | null): Promise<DescribedRequests> {
  const entries = await readEntries(path);
  const chosen = host ?? mostFrequentHost(entries);
  const own = entries.filter(({ request }) => hostOf(request.url) === chosen);
  if (own.length === 0) {
    const hosts = [...countBy(entries, ({ request }) => hostOf(request.url)).keys()].join(', ');
    throw unusable(path, `it has no request to ${chosen ?? 'any host'}`, `name one of its hosts with --url: ${hosts}`);
  }
  const leftOut = new Map<string, number>();
  const drop = (why: string, count = 1) => leftOut.set(why, (leftOut.get(why) ?? 0) + count);
  for (const { request } of entries) {
    const other = hostOf(request.url);
    if (other !== chosen) drop(`to ${other}`);
  }
  const usable = own.filter((entry) => {
    const why = unusableReason(entry);
    if (why !== null) drop(why);
    return why === null;
  });
  const redaction = redactionOf(usable.map(({ request }) => request));
  const groups = [...Map.groupBy(usable, groupKey).values()].sort((a, b) => b.length - a.length);
  for (const group of groups.slice(maxRequestCount)) drop(`beyond the ${maxRequestCount} most frequent`, group.length);
  const requests = groups.slice(0, maxRequestCount).map((group) => draftOf(group, redaction));
  if (requests.length === 0)
    throw unusable(path, `none of its requests to ${chosen} can be repeated: ${listed(leftOut)}`, 'record again');
  return { requests, open: remarks(requests, leftOut, redaction) };
}

function remarks(requests: readonly DraftedRequest[], leftOut: ReadonlyMap<string, number>, redaction: Redaction) {
  return [
    'values that exist: what stood in paths and queries of the recording is asked again',
    ...(leftOut.size === 0 ? [] : [`look at what was left out: ${listed(leftOut)}`]),
    ...(redaction.names().length === 0
      ? []
      : [`set ${redaction.names().join(', ')} in your environment: what stood there may be a secret`]),
    ...(requests.some(({ weight }) => weight === 0)
      ? ['what writes or deletes has weight 0: give it a weight where you want it']
      : []),
  ];
}

function listed(leftOut: ReadonlyMap<string, number>): string {
  return [...leftOut].map(([why, count]) => `${count} ${count === 1 ? 'request' : 'requests'} ${why}`).join('; ');
}

/** Refused by its size before it is read. */
async function readEntries(path: string): Promise<readonly Entry[]> {
  const size = await stat(path).then(
    ({ size: bytes }) => bytes,
    (error: NodeJS.ErrnoException) => {
      throw unusable(path, `it cannot be read (${error.code})`, 'name a recording, as a browser exports it');
    },
  );
  if (size > maxBytes) {
    const message = `it is ${Math.round(size / 2 ** 20)} MiB large, more than ${maxBytes / 2 ** 20}`;
    throw unusable(path, message, 'record again without the content of answers, or a shorter time');
  }
  const text = await readFile(path, 'utf8');
  let value: unknown;
  try {
    value = parseJsonText(text);
  } catch (error) {
    throw unusable(path, `line ${lineOfError(error as Error, text)}: ${(error as Error).message}`, 'export it again');
  }
  const checked = harSchema.safeParse(value);
  if (checked.success) return checked.data.log.entries;
  const [issue] = checked.error.issues;
  throw unusable(
    path,
    `${issue?.path.join('.') || 'the whole file'}: ${issue?.message}`,
    'export it as HAR (HTTP Archive)',
  );
}

/** As the engine tells it; a text that ends too early is wrong in its last line. */
function lineOfError({ message }: Error, text: string): number {
  const told = /\(line (\d+) column/.exec(message)?.[1];
  return told === undefined ? text.trimEnd().split('\n').length : Number(told);
}

function unusable(path: string, why: string, remedy: string): HarnessError {
  return new HarnessError('usage', `${path} cannot be used: ${why}`, remedy);
}

function hostOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) return `${parsed?.protocol ?? 'no'} URL`;
  return parsed.host;
}

function countBy(entries: readonly Entry[], keyOf: (entry: Entry) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const entry of entries) counts.set(keyOf(entry), (counts.get(keyOf(entry)) ?? 0) + 1);
  return counts;
}

function mostFrequentHost(entries: readonly Entry[]): string | null {
  const counts = [...countBy(entries, ({ request }) => hostOf(request.url))].filter(([host]) => !host.endsWith(' URL'));
  return counts.sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const reading = ['GET', 'HEAD', 'OPTIONS'];

/** Why it cannot be repeated; null: it can. */
function unusableReason({ request, response }: Entry): string | null {
  if (!methods.includes(request.method)) return `with the method ${request.method}`;
  if (response.status < 100) return 'that were never answered';
  if (response.status >= 400) return `that were answered with ${response.status}`;
  const body = request.postData;
  if (body?.text !== undefined && body.text !== '' && !isJson(body.mimeType) && !isForm(body.mimeType))
    return `with a body of ${body.mimeType || 'unknown type'}`;
  if (isJson(body?.mimeType ?? '') && jsonOf(body?.text) === undefined) return 'with a body that is no JSON';
  // Recorded texts are sent as they stand; a name in braces would be a placeholder.
  return /\{[A-Za-z_][\w:]*\}/.test(`${decoded(request.url)}${body?.text ?? ''}`) ? 'that hold a name in braces' : null;
}

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}

function isJson(type: string): boolean {
  return /^application\/([\w.+-]+\+)?json\b/i.test(type);
}

function isForm(type: string): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(type);
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

const idPattern = /^(\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

/** Method, path without its ids, and the names of the query. */
function groupKey({ request }: Entry): string {
  const { pathname, searchParams } = new URL(request.url);
  const path = pathname.split('/').map((step) => (idPattern.test(step) ? '{}' : step));
  return [request.method, path.join('/'), ...[...searchParams.keys()].sort()].join(' ');
}

function draftOf(group: readonly Entry[], redaction: Redaction): DraftedRequest {
  const urls = group.map(({ request }) => new URL(request.url));
  const [first] = group as [Entry];
  const { method, postData } = first.request;
  const params: Record<string, object> = {};
  const path = pathOf(urls, params, redaction);
  const headers = redaction.headers(first.request);
  const { status } = first.response;
  const body = postData?.text === undefined || postData.text === '' ? null : postData;
  return {
    method,
    path,
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(body === null
      ? {}
      : isJson(body.mimeType)
        ? { json: redaction.json(jsonOf(body.text)) }
        : { body: redaction.form(body.text ?? '') }),
    // What a browser had already is asked for anew.
    ...(status >= 300 && status !== 304 ? { expect: { status } } : {}),
    ...(reading.includes(method) ? (group.length === 1 ? {} : { weight: group.length }) : { weight: 0 }),
  };
}

/** Steps and values in which the recorded ones differ are drawn from what was recorded. */
function pathOf(urls: readonly URL[], params: Record<string, object>, redaction: Redaction): string {
  const [first] = urls as [URL];
  const steps = first.pathname.split('/').map((step, index) => {
    if (!idPattern.test(step)) return redaction.text(step);
    return varying(
      `id${index}`,
      urls.map((url) => url.pathname.split('/')[index] ?? ''),
      params,
      redaction,
    );
  });
  const query = [...new Set(first.searchParams.keys())].map((name) => {
    const secret = redaction.named(name);
    const values = urls.map((url) => url.searchParams.get(name) ?? '');
    const value = secret ?? varying(name.replaceAll(/\W/g, '_'), values, params, redaction);
    return `${encodeURIComponent(name)}=${value}`;
  });
  return query.length === 0 ? steps.join('/') : `${steps.join('/')}?${query.join('&')}`;
}

function varying(
  name: string,
  values: readonly string[],
  params: Record<string, object>,
  redaction: Redaction,
): string {
  const distinct = [...new Set(values)].map(redaction.text);
  const [only = ''] = distinct;
  if (distinct.length === 1) return only.startsWith('{env:') ? only : encodeURIComponent(only);
  const word = /^[A-Za-z_]/.test(name) ? name : `_${name}`;
  params[word] = { list: distinct.filter((value) => !value.includes('{env:')) };
  return `{${word}}`;
}
