import type { FastifyInstance, FastifyRequest } from 'fastify';
import fastify from 'fastify';
import { rejectUnknownRoutes } from '../../program/routing.ts';
import type { Cluster, Member } from './cluster.ts';
import type { CrashLeader, CrashOrder } from './leader-crash.ts';
import { answerProblem, Problem } from './problem.ts';
import { noLeader } from './requests.ts';

const keepAliveMs = 90_000;
const bodyLimit = 65_536;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function createApp(logLevel: string): FastifyInstance {
  const app = fastify({
    logger: { level: logLevel, stream: process.stderr },
    keepAliveTimeout: keepAliveMs,
    return503OnClosing: false,
    exposeHeadRoutes: false,
    bodyLimit,
    routerOptions: { maxParamLength: 65_536, querystringParser: (text) => ({ text }) },
    frameworkErrors: (_error, request, reply) =>
      answerProblem(new Problem('not-found', 'no such path'), request, reply),
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  rejectUnknownRoutes(app, (...problem) => new Problem(...problem));
  app.setErrorHandler(answerProblem);
  return app;
}

export function addRoutes(app: FastifyInstance, cluster: Cluster, crashLeader: CrashLeader): void {
  healthRoute(app, cluster);
  keyRoutes(app, cluster);
  clusterRoutes(app, cluster);
  app.post('/cluster/leader/crash', async ({ body }) => crashLeader(crashOrder(body)));
  nodeRoutes(app, cluster);
}

function healthRoute(app: FastifyInstance, cluster: Cluster): void {
  app.get('/health', async () => {
    if (cluster.leader() === null) throw noLeader();
    return { status: 'ok' };
  });
}

interface KeyPath {
  readonly Params: { readonly key: string };
}

function keyRoutes(app: FastifyInstance, cluster: Cluster): void {
  const onRequest = async (request: FastifyRequest): Promise<void> => rejectBadKey(request);
  app.put<KeyPath>('/kv/:key', { onRequest }, async (request) => {
    const value = textOf(request.body);
    const { index, term } = await cluster.put(keyOf(request), value);
    return { index, term };
  });
  app.get<KeyPath>('/kv/:key', { onRequest }, async (request, reply) => {
    const { value, index } = await cluster.get(keyOf(request));
    if (value === null) throw new Problem('not-found', 'there is no such key', { 'raft-index': String(index) });
    return reply.header('raft-index', index).type('text/plain; charset=utf-8').send(value);
  });
}

/** The path's last part as it was sent: keys need no encoding. */
function keyOf({ url }: { readonly url: string }): string {
  return (url.split('?', 1)[0] ?? '').slice('/kv/'.length);
}

function rejectBadKey(request: { readonly url: string }): void {
  if (!/^[A-Za-z0-9._~-]{1,64}$/.test(keyOf(request))) {
    throw new Problem('invalid', 'a key is 1 to 64 letters, digits, dots, underscores, tildes and hyphens');
  }
}

function textOf(body: unknown): string {
  if (!(body instanceof Uint8Array)) return '';
  try {
    return utf8.decode(body);
  } catch {
    throw new Problem('invalid', 'the value is not UTF-8');
  }
}

function clusterRoutes(app: FastifyInstance, cluster: Cluster): void {
  app.get('/cluster', () => cluster.describe());
  app.get('/cluster/elections', async ({ query }) => ({ elections: cluster.elections.after(afterOf(query)) }));
}

function afterOf(query: unknown): number {
  const texts = new URLSearchParams((query as { text?: string }).text ?? '').getAll('after');
  const [text = '0'] = texts;
  if (texts.length > 1 || !/^\d{1,15}$/.test(text)) throw new Problem('invalid', 'after is a whole number, given once');
  return Number(text);
}

function crashOrder(body: unknown): CrashOrder {
  if (!(body instanceof Uint8Array) || body.length === 0) return { synchronise: false, laggards: 0 };
  const value = parseJson(body);
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject) throw new Problem('invalid', 'the body is not a JSON object');
  const { synchronise = false, laggards = 0, ...unknown } = value as Record<string, unknown>;
  const isRight = typeof synchronise === 'boolean' && Number.isSafeInteger(laggards) && (laggards as number) >= 0;
  if (!isRight || Object.keys(unknown).length > 0) {
    throw new Problem('invalid', 'synchronise is true or false, laggards a whole number, and there is nothing else');
  }
  return { synchronise, laggards: laggards as number };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    throw new Problem('malformed-json', 'the body is not JSON in UTF-8');
  }
}

interface NodePath {
  readonly Params: { readonly id: string };
}

function nodeRoutes(app: FastifyInstance, cluster: Cluster): void {
  const memberOf = ({ params }: { readonly params: NodePath['Params'] }): Member => {
    const member = cluster.members.find(({ id }) => String(id) === params.id);
    if (member === undefined) throw new Problem('not-found', 'there is no such node');
    return member;
  };
  const onRequest = async (request: FastifyRequest): Promise<void> =>
    void memberOf(request as FastifyRequest<NodePath>);
  app.post<NodePath>('/cluster/nodes/:id/crash', { onRequest }, (request) => cluster.crash(memberOf(request), 0));
  app.post<NodePath>('/cluster/nodes/:id/restart', { onRequest }, (request) => cluster.restart(memberOf(request)));
  for (const [action, isIsolated] of [
    ['isolate', true],
    ['heal', false],
  ] as const) {
    app.post<NodePath>(`/cluster/nodes/:id/${action}`, { onRequest }, async (request) => {
      const member = memberOf(request);
      await cluster.isolate(member, isIsolated);
      return { id: member.id, isolated: isIsolated };
    });
  }
}
