import { isMediaType } from '../../_node/crud/body.ts';
import { bearerSha256 } from '../../_node/crud/credentials.ts';
import type { Log } from '../../_node/crud/log.ts';
import type { Parts } from '../../_node/crud/parts.ts';
import { Problem } from '../../_node/crud/problem.ts';
import { selectSessionUser, type User } from '../../_node/crud/statements/accounts.ts';
import { isJson, readBody, readJson } from './body.ts';

export interface WebParts extends Parts {
  readonly log: Log;
  /** Whether an error of the database's client means that the database is away. */
  isUnavailable(error: unknown): boolean;
  /** An event stream is idle for longer than another answer may be. */
  keepOpen(request: Request): void;
  /** A path without the escapes that the server has put into it. */
  asSent(path: string): string;
}

/** A request that has passed the checks of its route. */
export interface Asked {
  readonly request: Request;
  readonly parts: WebParts;
  /** As it was sent, without the question mark. */
  readonly queryText: string;
  /** The segment in the place of :id; '' where the route has none. */
  readonly id: string;
  readonly user: User;
  readonly tokenSha256: Buffer;
  readonly body: Uint8Array;
  readonly json: unknown;
}

interface Route {
  /** Sign-up, log-in and health ask for no session. */
  readonly isOpen?: boolean;
  readonly takes?: 'json' | 'raw';
  answer(asked: Asked): Promise<Response>;
}

export type Routes = Readonly<Record<string, Readonly<Partial<Record<string, Route>>>>>;

const maxBytes = { json: 65_536, raw: 1_048_576 } as const;
const nobody: Pick<Asked, 'user' | 'tokenSha256'> = {
  user: { id: '', name: '', createdAt: new Date(0) },
  tokenSha256: Buffer.alloc(0),
};

/** Answers a request for the route with this pattern, in the contract's order of refusals; undefined: for no known route. */
export async function answer(
  routes: Routes,
  pattern: string | undefined,
  request: Request,
  parts: WebParts,
): Promise<Response> {
  try {
    const { path, queryText } = targetOf(request);
    const id = pattern === undefined ? undefined : idWithin(pattern, parts.asSent(path));
    if (pattern === undefined || id === undefined) throw new Problem('not-found', 'there is no such route');
    const route = routeFor(routes[pattern] ?? {}, request.method);
    const who = route.isOpen ? nobody : await authenticated(request, parts);
    const content = route.takes === undefined ? noContent : await contentOf(request, route.takes);
    return await route.answer({ request, parts, queryText, id, ...who, ...content });
  } catch (error) {
    const problem = toProblem(error, parts);
    if (problem.type !== 'content-too-large') await readOver(request);
    return problemAnswer(problem);
  }
}

/** A body that nobody read: what comes behind it on the connection is another request. */
async function readOver(request: Request): Promise<void> {
  if (request.body === null || request.bodyUsed) return;
  await readBody(request, maxBytes.raw).catch(() => {});
}

/** The target of the request line: without the Host that the server put before it, whatever that holds, or its own authority. */
function rawTarget({ url, headers }: Request): string {
  const before = `http://${headers.get('host')}`;
  return url.startsWith(`${before}/`) ? url.slice(before.length) : url.replace(/^[a-z]+:\/\/[^/?#]*/i, '');
}

/** The pattern that a path fits, where the server has no router of its own. */
export function patternOf(routes: Routes, request: Request): string | undefined {
  const [path = ''] = rawTarget(request).split(/[?#]/, 1);
  return Object.keys(routes).find((pattern) => idWithin(pattern, path) !== undefined);
}

function targetOf(request: Request): { path: string; queryText: string } {
  const target = rawTarget(request);
  if (target.includes('#')) throw new Problem('malformed-request', 'a request target has no fragment');
  const query = target.indexOf('?');
  const path = query < 0 ? target : target.slice(0, query);
  return { path, queryText: query < 0 ? '' : target.slice(query + 1) };
}

/** What stands for :id, or '' where the pattern has none; undefined: the path does not fit, or has an escape or a dot segment. */
function idWithin(pattern: string, path: string): string | undefined {
  if (/%|\/\.\.?(?:\/|$)/.test(path)) return undefined;
  if (pattern === path) return '';
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const fits = wanted.every((part, index) => (part === ':id' ? given[index] !== '' : part === given[index]));
  return fits ? given[wanted.indexOf(':id')] : undefined;
}

function routeFor(methods: Readonly<Partial<Record<string, Route>>>, method: string): Route {
  const route = methods[method];
  if (route !== undefined) return route;
  throw new Problem('method-not-allowed', 'the route has other methods', { allow: Object.keys(methods).join(', ') });
}

async function authenticated({ headers }: Request, { sql }: WebParts): Promise<Pick<Asked, 'user' | 'tokenSha256'>> {
  const tokenSha256 = bearerSha256(headers.get('authorization') ?? undefined);
  const user = tokenSha256 && (await selectSessionUser(sql, tokenSha256));
  if (tokenSha256 === undefined || user === undefined)
    throw new Problem('unauthorized', 'a bearer token of a live session is needed');
  return { user, tokenSha256 };
}

const noContent: Pick<Asked, 'body' | 'json'> = { body: new Uint8Array(), json: undefined };

async function contentOf(request: Request, kind: 'json' | 'raw'): Promise<Pick<Asked, 'body' | 'json'>> {
  const contentType = request.headers.get('content-type') ?? '';
  if (!(kind === 'json' ? isJson(contentType) : isMediaType(contentType)))
    throw new Problem('unsupported-media-type', 'the Content-Type is missing, or not what this route takes');
  const body = await readBody(request, maxBytes[kind]);
  return { body, json: kind === 'json' ? readJson(body) : undefined };
}

function toProblem(error: unknown, { isUnavailable, log }: WebParts): Problem {
  if (error instanceof Problem) return error;
  if (isUnavailable(error)) {
    log.info(error, 'the database cannot be reached');
    return new Problem('unavailable', 'the database cannot be reached');
  }
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  return new Problem('internal', 'unexpected error');
}

export function problemAnswer(problem: Problem): Response {
  const headers = { ...problem.headers, 'content-type': 'application/problem+json' };
  return new Response(problem.body(), { status: problem.status, headers });
}

export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  });
}

export function emptyAnswer(status: 204 | 304, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status, headers });
}
