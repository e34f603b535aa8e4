import type {
  Operation,
  Workload,
  WorkloadContext,
  WorkloadRequest,
  WorkloadResponse,
  WorkloadSession,
} from '../model/workload.ts';
import { createRandom, type Random } from '../stats/random.ts';

/** A config's requests as plain data: what goes to the generator's process. Files are read, secrets are filled in. */
export interface RequestMix {
  readonly service: string;
  readonly description: string;
  readonly setUp: readonly MixRequest[];
  readonly requests: readonly MixRequest[];
}

export interface MixRequest {
  readonly name: string;
  readonly method: WorkloadRequest['method'];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'json'; readonly value: Json }
    | null;
  readonly params: Readonly<Record<string, MixParameter>>;
  readonly weight: number;
  /** null: any 2xx. */
  readonly statuses: readonly number[] | null;
  /** Expected values by their path. */
  readonly expected: Readonly<Record<string, Json>>;
  readonly captures: Readonly<Record<string, MixCapture>>;
}

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Scalar = string | number | boolean | null;

export type MixParameter =
  | { readonly kind: 'int'; readonly low: number; readonly high: number }
  | { readonly kind: 'zipf'; readonly count: number; readonly exponent: number; readonly first: number }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'sequence'; readonly first: number }
  | { readonly kind: 'list'; readonly values: readonly Scalar[] }
  | { readonly kind: 'captured'; readonly from: string; readonly take: boolean };

type MixCapture =
  | { readonly kind: 'json'; readonly path: string }
  | { readonly kind: 'header'; readonly header: string; readonly match: string | null };

/** This module, for the generator's `workloadPath`; its argument is a RequestMix. */
export const requestMixPath: string = import.meta.filename;

type Values = Readonly<Record<string, Scalar>>;
/** Of each name all that was captured, the newest last. */
type Captured = Record<string, Scalar[]>;

/** More are not remembered of one name. */
const maxCapturedCount = 10_000;

export function createWorkload(argument: unknown): Workload {
  const mix = argument as RequestMix;
  const all = [...mix.setUp, ...mix.requests];
  const isStateless = mix.requests.every(({ captures }) => Object.keys(captures).length === 0);
  const readsBodies = mix.requests.some((request) => looksAtBody(request));
  return {
    id: 'requests',
    service: mix.service,
    version: 1,
    description: mix.description,
    mix: Object.fromEntries(mix.requests.map(({ name, weight }) => [name, weight])),
    fixedRatePerSec: null,
    ...(isStateless && all.every(({ params }) => !Object.values(params).some(({ kind }) => kind === 'sequence'))
      ? { isStateless: true as const }
      : {}),
    ...(readsBodies ? {} : { ignoresBodies: true as const }),
    ...(mix.setUp.length === 0 ? {} : { setUp: (send) => setUp(mix.setUp, send) }),
    open: (context) => openSession(mix, context),
  };
}

function looksAtBody({ expected, captures }: MixRequest): boolean {
  return Object.keys(expected).length > 0 || Object.values(captures).some(({ kind }) => kind === 'json');
}

/** In their order, each once. Throws Error that names the request and what is wrong with its answer. */
async function setUp(
  requests: readonly MixRequest[],
  send: (request: WorkloadRequest) => Promise<WorkloadResponse>,
): Promise<Captured> {
  const captured: Captured = {};
  const random = createRandom(1);
  const draws = createDraws(random);
  for (const request of requests) {
    const values = draws.valuesOf(request, captured);
    if (values === null) throw new Error(`set-up: ${request.name}: ${missingText(request, captured)}`);
    const response = await send(requestOf(request, values));
    const wrong = complaint(request, values, response) ?? capture(request, response, captured);
    if (wrong !== null) throw new Error(`set-up: ${request.name}: ${request.method} ${request.path}: ${wrong}`);
  }
  return captured;
}

function openSession(mix: RequestMix, { seed, setUp: found, iteration }: WorkloadContext): WorkloadSession {
  const random = createRandom(seed);
  const draws = createDraws(random, iteration);
  const captured: Captured = structuredClone((found ?? {}) as Captured);
  const choose = chooser(mix.requests, random);
  const draw = (): { request: MixRequest; values: Values } | null => {
    const first = choose();
    const values = draws.valuesOf(first, captured);
    if (values !== null) return { request: first, values };
    // What needs a value that no answer has given yet gives way to another.
    for (const request of mix.requests) {
      const other = request.weight === 0 ? null : draws.valuesOf(request, captured);
      if (other !== null) return { request, values: other };
    }
    return null;
  };
  return {
    next() {
      const drawn = draw();
      return drawn === null ? null : operationOf(drawn.request, drawn.values, captured);
    },
    streams: [],
    onEvent: () => null,
    acknowledged: () => ({ createdCount: 0, deletedCount: 0, uncertainCount: 0 }),
  };
}

function operationOf(request: MixRequest, values: Values, captured: Captured): Operation {
  return {
    name: request.name,
    request: requestOf(request, values),
    check: (response) => complaint(request, values, response) ?? capture(request, response, captured),
    abandon() {},
  };
}

function chooser(requests: readonly MixRequest[], random: Random): () => MixRequest {
  const total = requests.reduce((sum, { weight }) => sum + weight, 0);
  const last = requests.findLast(({ weight }) => weight > 0) as MixRequest;
  if (requests.length === 1) return () => last;
  return () => {
    let place = random.float() * total;
    for (const request of requests) {
      place -= request.weight;
      if (place < 0) return request;
    }
    return last;
  };
}

interface Draws {
  /** null: something captured is needed that is not there. */
  valuesOf(request: MixRequest, captured: Captured): Values | null;
}

function createDraws(random: Random, iteration?: () => number): Draws {
  const counters = new Map<MixParameter, number>();
  const ladders = new Map<MixParameter, readonly number[]>();
  const drawOne = (parameter: MixParameter, captured: Captured): Scalar | undefined => {
    switch (parameter.kind) {
      case 'int':
        return parameter.low + Math.floor(random.float() * (parameter.high - parameter.low + 1));
      case 'zipf': {
        const ladder = ladders.get(parameter) ?? zipfLadder(parameter);
        ladders.set(parameter, ladder);
        return parameter.first + placeIn(ladder, random.float());
      }
      case 'uuid':
        return uuid(random);
      case 'sequence': {
        if (iteration !== undefined) return parameter.first + iteration();
        const next = counters.get(parameter) ?? parameter.first;
        counters.set(parameter, next + 1);
        return next;
      }
      case 'list':
        return parameter.values[random.below(parameter.values.length)];
      case 'captured':
        return fromCaptured(captured[parameter.from] ?? [], parameter.take, random);
    }
  };
  return {
    valuesOf(request, captured) {
      const values: Record<string, Scalar> = {};
      // All that is needed is looked for before anything is taken.
      if (neededNames(request).some((name) => (captured[name] ?? []).length === 0)) return null;
      for (const [name, parameter] of Object.entries(request.params)) {
        values[name] = drawOne(parameter, captured) ?? null;
      }
      for (const [name, all] of Object.entries(captured)) {
        if (!Object.hasOwn(values, name)) values[name] = fromCaptured(all, false, random) ?? null;
      }
      return values;
    },
  };
}

function fromCaptured(all: Scalar[], take: boolean, random: Random): Scalar | undefined {
  if (all.length === 0) return undefined;
  const index = all.length === 1 ? 0 : random.below(all.length);
  if (!take) return all[index];
  const [taken] = all.splice(index, 1);
  return taken;
}

/** Cumulated shares. */
function zipfLadder({ count, exponent }: Extract<MixParameter, { kind: 'zipf' }>): readonly number[] {
  const ladder: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= count; rank += 1) {
    sum += rank ** -exponent;
    ladder.push(sum);
  }
  return ladder.map((step) => step / sum);
}

/** The first step that is above. */
function placeIn(ladder: readonly number[], value: number): number {
  let [low, high] = [0, ladder.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ladder[middle] ?? 1) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function uuid(random: Random): string {
  const hex = [0, 1, 2, 3].map(() => random.uint32().toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const placeholderPattern = /\{([A-Za-z_]\w*)\}/g;

/** Every text in which a placeholder counts. */
export function templatesOf({ path, headers, body, expected }: MixRequest): readonly string[] {
  const inJson = (value: Json): string[] => {
    if (typeof value === 'string') return [value];
    return value !== null && typeof value === 'object' ? Object.values(value).flatMap(inJson) : [];
  };
  return [
    ...[path, ...Object.values(headers)],
    ...(body === null ? [] : body.kind === 'text' ? [body.text] : inJson(body.value)),
    ...Object.values(expected).flatMap(inJson),
  ];
}

export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(placeholderPattern)].map(([, name = '']) => name);
}

const neededByRequest = new WeakMap<MixRequest, readonly string[]>();

/** What must have been captured before a request can be made. In a text body only known names are placeholders. */
function neededNames(request: MixRequest): readonly string[] {
  const known = neededByRequest.get(request);
  if (known !== undefined) return known;
  const own = Object.entries(request.params);
  const ofParameters = own.flatMap(([, parameter]) => (parameter.kind === 'captured' ? [parameter.from] : []));
  const bare = [request.path, ...Object.values(request.headers)].flatMap(placeholdersOf);
  const names = [...new Set([...ofParameters, ...bare.filter((name) => !Object.hasOwn(request.params, name))])];
  neededByRequest.set(request, names);
  return names;
}

function missingText(request: MixRequest, captured: Captured): string {
  const missing = neededNames(request).filter((name) => (captured[name] ?? []).length === 0);
  return `nothing was captured for {${missing.join('}, {')}}`;
}

function fill(text: string, values: Values): string {
  return text.replaceAll(placeholderPattern, (whole, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}

function requestOf({ method, path, headers, body }: MixRequest, values: Values): WorkloadRequest {
  const encoded = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, encodeURIComponent(String(value))]),
  );
  const filled = Object.fromEntries(
    Object.entries(headers).map(([name, text]) => [name.toLowerCase(), headerText(fill(text, values))]),
  );
  return {
    method,
    path: fill(path, encoded),
    headers:
      body?.kind === 'json' && !('content-type' in filled) ? { ...filled, 'content-type': 'application/json' } : filled,
    body: body === null ? null : new TextEncoder().encode(bodyText(body, values)),
  };
}

/** What no header can hold, such as a line break in a captured value, is percent-encoded: else it would be another request. */
function headerText(text: string): string {
  return text.toWellFormed().replaceAll(/[^\t -~\u0080-\u00ff]/g, encodeURIComponent);
}

function bodyText(body: NonNullable<MixRequest['body']>, values: Values): string {
  return body.kind === 'text' ? fill(body.text, values) : JSON.stringify(fillJson(body.value, values));
}

/** A string that is one placeholder alone becomes its value, numbers as numbers. */
function fillJson(value: Json, values: Values): Json {
  if (typeof value === 'string') {
    const [, name = ''] = /^\{([A-Za-z_]\w*)\}$/.exec(value) ?? [];
    return name !== '' && Object.hasOwn(values, name) ? (values[name] ?? null) : fill(value, values);
  }
  if (Array.isArray(value)) return value.map((one) => fillJson(one, values));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fillJson(one as Json, values)]));
}

/** What is wrong with an answer; null: nothing. */
function complaint(request: MixRequest, values: Values, response: WorkloadResponse): string | null {
  const { statuses, expected } = request;
  const isRight =
    statuses === null ? response.status >= 200 && response.status < 300 : statuses.includes(response.status);
  if (!isRight) return statusComplaint(request, response);
  if (Object.keys(expected).length === 0) return null;
  const body = parseJson(response);
  if (body === undefined) return notJson(response);
  for (const [path, wanted] of Object.entries(expected)) {
    const [found] = valuesAt(body, path);
    const right = fillJson(wanted, values);
    if (found === undefined) return `the answer has nothing at ${path}`;
    if (found !== right && String(found) !== String(right))
      return `${path} is not ${typeof right === 'string' ? 'what was expected' : right}`;
  }
  return null;
}

function statusComplaint({ statuses, headers }: MixRequest, response: WorkloadResponse): string {
  const wanted = statuses === null ? 'a 2xx' : statuses.join(' or ');
  const said = `status ${response.status} instead of ${wanted}`;
  if (response.status >= 300 && response.status < 400)
    return `${said}: redirects are not followed; expect it, or ask for where it leads`;
  const sendsCaptured = Object.values(headers).some((text) => placeholdersOf(text).length > 0);
  if (response.status === 401 && sendsCaptured) return `${said}: what was captured to log in with may have expired`;
  return said;
}

function notJson(response: WorkloadResponse): string {
  const type = response.header('content-type')?.split(';')[0] ?? 'no content-type';
  return `the body is no JSON (${type}, ${response.body.length} bytes)`;
}

/** Bounded, so that an hour of creating does not fill the memory. */
function capture(request: MixRequest, response: WorkloadResponse, captured: Captured): string | null {
  for (const [name, how] of Object.entries(request.captures)) {
    const found = how.kind === 'header' ? headerValues(response, how) : jsonValues(response, how.path);
    if (typeof found === 'string') return `capture "${name}": ${found}`;
    captured[name] ??= [];
    const all = captured[name];
    all.push(...found);
    if (all.length > maxCapturedCount) all.splice(0, all.length - maxCapturedCount);
  }
  return null;
}

/** A text says why there is none. */
function headerValues(
  response: WorkloadResponse,
  { header, match }: Extract<MixCapture, { kind: 'header' }>,
): Scalar[] | string {
  const value = response.header(header.toLowerCase());
  if (value === null) return `the answer has no header ${header}`;
  if (match === null) return [value];
  const found = new RegExp(match).exec(value)?.[1];
  return found === undefined ? `the header ${header} does not match ${match}` : [found];
}

function jsonValues(response: WorkloadResponse, path: string): Scalar[] | string {
  const body = parseJson(response);
  if (body === undefined) return notJson(response);
  const found = valuesAt(body, path).filter((value) => value === null || typeof value !== 'object') as Scalar[];
  return found.length === 0 ? `the answer has nothing at ${path}` : found;
}

function parseJson({ body }: WorkloadResponse): Json | undefined {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as Json;
  } catch {
    return undefined;
  }
}

/** `items.*.id` has one value for each item. The root is `$` or nothing. */
function valuesAt(body: Json, path: string): Json[] {
  const steps = path
    .replace(/^\$\.?/, '')
    .split('.')
    .filter((step) => step !== '');
  let found: Json[] = [body];
  for (const step of steps) {
    found = found.flatMap((value) => {
      if (value === null || typeof value !== 'object') return [];
      if (step === '*') return Object.values(value);
      return Object.hasOwn(value, step) ? [(value as Record<string, Json>)[step] as Json] : [];
    });
  }
  return found;
}
