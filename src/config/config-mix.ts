import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import {
  type Json,
  type MixParameter,
  type MixRequest,
  placeholdersOf,
  type RequestMix,
  templatesOf,
} from './request-mix.ts';
import type { CheckedConfig, ConfigRequest } from './schema.ts';

type Report = (path: readonly PropertyKey[], message: string) => void;
/** Fills in {env:NAME}. */
type FillSecrets = (text: string, path: readonly PropertyKey[]) => string;

interface MixContext {
  readonly rootDir: string;
  readonly fillSecrets: FillSecrets;
  readonly report: Report;
}

/** The config's requests as the generator takes them; what is wrong with them is reported. */
export async function requestMixOf(config: CheckedConfig, service: string, context: MixContext): Promise<RequestMix> {
  const { setUp, requests } = config;
  const [before, drawn] = await Promise.all([
    Promise.all(setUp.map((request, index) => mixRequest(request, ['setUp', index], context))),
    Promise.all(requests.map((request, index) => mixRequest(request, ['requests', index], context))),
  ]);
  checkPlaceholders(before, drawn, context.report);
  checkWeights(drawn, context.report);
  checkNames(drawn, context.report);
  return { service, description: descriptionOf(drawn), setUp: before, requests: drawn };
}

function descriptionOf(requests: readonly MixRequest[]): string {
  const all = requests.map(({ method, path }) => `${method} ${path}`);
  return all.length <= 3 ? all.join(', ') : `${all.slice(0, 3).join(', ')} and ${all.length - 3} more`;
}

async function mixRequest(
  request: ConfigRequest,
  path: readonly PropertyKey[],
  context: MixContext,
): Promise<MixRequest> {
  const { method, expect } = request;
  const fill = (text: string, key: string) => context.fillSecrets(text, [...path, key]);
  if (request.body !== undefined && request.json !== undefined)
    context.report([...path, 'json'], 'there is a `body` too: keep one of them');
  const params = await Promise.all(
    Object.entries(request.params).map(
      async ([name, one]) => [name, await mixParameter(one, [...path, 'params', name], context)] as const,
    ),
  );
  const { status } = expect;
  return {
    ...{ name: request.name ?? nameOf(request), method, weight: request.weight },
    path: checkedPath(fill(request.path, 'path'), [...path, 'path'], context.report),
    headers: checkedHeaders(request.headers, path, context),
    body: bodyOf(request, (text) => fill(text, 'json')),
    params: Object.fromEntries(params),
    statuses: status === undefined ? null : [status].flat(),
    expected: expect.json,
    captures: Object.fromEntries(
      Object.entries(request.capture).map(([name, how]) => {
        if ('json' in how) return [name, { kind: 'json', path: how.json }];
        if (how.match !== undefined) checkPattern(how.match, [...path, 'capture', name, 'match'], context.report);
        return [name, { kind: 'header', header: how.header, match: how.match ?? null }];
      }),
    ),
  };
}

/** "get-items-id" of GET /items/{id}?page=1 */
function nameOf({ method, path }: ConfigRequest): string {
  const words = `${method} ${path.split('?')[0]}`.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.length === 1 ? `${words[0]}-root` : words.join('-');
}

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const transportHeaders = ['content-length', 'connection', 'transfer-encoding'];

/** The schema has seen it before its variables were filled in. */
function checkedPath(text: string, at: readonly PropertyKey[], report: Report): string {
  if (!/^[!-"$-~]*$/.test(text))
    report(at, 'a variable in it has spaces or letters that a path cannot hold: set it percent-encoded');
  return text;
}

function checkedHeaders(
  headers: Readonly<Record<string, string>>,
  path: readonly PropertyKey[],
  { fillSecrets, report }: MixContext,
): Record<string, string> {
  const filled: Record<string, string> = {};
  for (const [name, text] of Object.entries(headers)) {
    const at = [...path, 'headers', name];
    if (!headerName.test(name)) report(at, 'this is no name of a header');
    if (transportHeaders.includes(name.toLowerCase())) report(at, 'paceline sets it itself: leave it out');
    const value = fillSecrets(text, at);
    if (!/^[\t -~\u0080-\u00ff]*$/.test(value)) report(at, 'a header is one line of Latin letters');
    filled[name] = value;
  }
  return filled;
}

function bodyOf({ body, json }: ConfigRequest, fill: (text: string) => string): MixRequest['body'] {
  if (json !== undefined) return { kind: 'json', value: fillJson(json as Json, fill) };
  return body === undefined ? null : { kind: 'text', text: fill(body) };
}

function fillJson(value: Json, fill: (text: string) => string): Json {
  if (typeof value === 'string') return fill(value);
  if (Array.isArray(value)) return value.map((one) => fillJson(one, fill));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fillJson(one as Json, fill)]));
}

function checkPattern(pattern: string, path: readonly PropertyKey[], report: Report): void {
  try {
    // Matched against nothing, the list of groups is as long as there are groups.
    if ((new RegExp(`${pattern}|`).exec('') ?? []).length < 2)
      report(path, 'it needs a group in brackets: what is captured');
  } catch (error) {
    report(path, (error as Error).message);
  }
}

async function mixParameter(
  parameter: ConfigRequest['params'][string],
  path: readonly PropertyKey[],
  context: MixContext,
): Promise<MixParameter> {
  if ('int' in parameter) {
    const [low, high] = parameter.int;
    if (low > high) context.report([...path, 'int'], `${low} is more than ${high}`);
    return { kind: 'int', low, high };
  }
  if ('zipf' in parameter)
    return { kind: 'zipf', count: parameter.zipf, exponent: parameter.exponent, first: parameter.first };
  if ('uuid' in parameter) return { kind: 'uuid' };
  if ('sequence' in parameter) return { kind: 'sequence', first: parameter.sequence };
  if ('list' in parameter) return { kind: 'list', values: parameter.list };
  if ('captured' in parameter) return { kind: 'captured', from: parameter.captured, take: parameter.take };
  return { kind: 'list', values: await csvColumn(parameter, path, context) };
}

const maxCsvBytes = 16 * 2 ** 20;

async function csvColumn(
  { csv, column }: { readonly csv: string; readonly column: string },
  path: readonly PropertyKey[],
  { rootDir, report }: MixContext,
): Promise<readonly string[]> {
  const text = await readFile(resolve(rootDir, csv), 'utf8').catch((error: NodeJS.ErrnoException) => {
    report([...path, 'csv'], `cannot read ${csv} (${error.code})`);
    return null;
  });
  if (text === null) return [''];
  if (text.length > maxCsvBytes) {
    report([...path, 'csv'], `${csv} is larger than ${maxCsvBytes / 2 ** 20} MiB: take a part of it`);
    return [''];
  }
  try {
    const rows = parse(text, { columns: true, skip_empty_lines: true, bom: true }) as Record<string, string>[];
    const values = rows.flatMap((row) => (Object.hasOwn(row, column) ? (row[column] ?? []) : []));
    if (values.length > 0) return values;
    const known = Object.keys(rows[0] ?? {}).join(', ');
    report(
      [...path, 'column'],
      rows.length === 0 ? `${csv} has no rows` : `${csv} has no column "${column}" (it has ${known})`,
    );
  } catch (error) {
    report([...path, 'csv'], `${csv}: ${(error as Error).message}`);
  }
  return [''];
}

/** In a text body a brace may be anything: there only what is known counts. */
function checkPlaceholders(setUp: readonly MixRequest[], requests: readonly MixRequest[], report: Report): void {
  const earlier = new Set<string>();
  const check = (request: MixRequest, path: readonly PropertyKey[], known: ReadonlySet<string>) => {
    const needed = templatesOf(request.body?.kind === 'text' ? { ...request, body: null } : request).flatMap(
      placeholdersOf,
    );
    for (const name of new Set(needed)) {
      if (!known.has(name) && !Object.hasOwn(request.params, name))
        report(path, `{${name}} has no value: name it in \`params\`, or capture it`);
    }
    for (const [name, parameter] of Object.entries(request.params)) {
      if (parameter.kind === 'captured' && !known.has(parameter.from))
        report([...path, 'params', name], `nothing captures "${parameter.from}"`);
    }
  };
  for (const [index, request] of setUp.entries()) {
    check(request, ['setUp', index], earlier);
    for (const name of Object.keys(request.captures)) earlier.add(name);
  }
  const known = new Set([...earlier, ...requests.flatMap(({ captures }) => Object.keys(captures))]);
  for (const [index, request] of requests.entries()) check(request, ['requests', index], known);
}

function checkWeights(requests: readonly MixRequest[], report: Report): void {
  if (requests.length > 0 && requests.every(({ weight }) => weight === 0))
    report(['requests'], 'all weights are 0: nothing would ever be sent');
}

function checkNames(requests: readonly MixRequest[], report: Report): void {
  for (const [index, { name }] of requests.entries()) {
    if (requests.findIndex((other) => other.name === name) < index)
      report(['requests', index, 'name'], `"${name}" is the name of another request too: name them apart`);
  }
}
