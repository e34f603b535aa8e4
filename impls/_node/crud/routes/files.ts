import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contentOf, rawBody } from '../body.ts';
import { etagOf, matchesWeakly, strongVersions } from '../etag.ts';
import type { Parts } from '../parts.ts';
import { Problem } from '../problem.ts';
import { nextLink, readFileName, readPage } from '../query.ts';
import { fileAnswer, filesAnswer } from '../schemas.ts';
import * as files from '../statements/files.ts';
import { idOf, notFound, type PathId } from './path-id.ts';

interface RawQuery {
  readonly Querystring: { readonly text: string };
}

export function fileRoutes(app: FastifyInstance, parts: Parts): void {
  writingRoutes(app, parts);
  readingRoutes(app, parts);
}

function writingRoutes(app: FastifyInstance, { sql, cache }: Parts): void {
  const created = { ...rawBody, schema: { response: { 201: fileAnswer } } };
  app.post<RawQuery>('/files', created, async (request, reply) => {
    const file = await files.insertFile(sql, request.user.id, readFileName(request.query.text), contentOf(request));
    reply.code(201).headers({ location: `/files/${file.id}`, etag: etagOf(file.version) });
    return file;
  });

  const replaced = { ...rawBody, schema: { response: { 200: fileAnswer } } };
  app.put<PathId>('/files/:id', replaced, async (request, reply) => {
    const id = idOf(request);
    const versions = await requiredVersions(sql, request, id);
    const file = await files.updateContent(sql, request.user.id, id, versions, contentOf(request));
    if (file === undefined) throw (await files.selectVersion(sql, request.user.id, id)) ? stale() : notFound();
    cache.delete(id);
    reply.header('etag', etagOf(file.version));
    return file;
  });

  app.delete<PathId>('/files/:id', async (request, reply) => {
    const id = idOf(request);
    if (!(await files.deleteFile(sql, request.user.id, id))) throw notFound();
    cache.delete(id);
    return reply.code(204).send();
  });
}

function readingRoutes(app: FastifyInstance, { sql, cache }: Parts): void {
  app.get<RawQuery>('/files', { schema: { response: { 200: filesAnswer } } }, async (request, reply) => {
    const page = readPage(request.query.text);
    const found = await files.selectPage(sql, request.user.id, page);
    const shown = found.slice(0, page.limit);
    const last = shown.at(-1);
    if (last && found.length > page.limit) reply.header('link', nextLink(page.limit, last.id));
    return { files: shown };
  });

  app.get<PathId>('/files/:id', { schema: { response: { 200: fileAnswer } } }, async (request, reply) => {
    const file = await files.selectFile(sql, request.user.id, idOf(request));
    if (file === undefined) throw notFound();
    return isUnchanged(request, reply, file.version) ? reply.code(304).send() : file;
  });

  app.get<PathId>('/files/:id/content', async (request, reply) => {
    const id = idOf(request);
    const current = await files.selectVersion(sql, request.user.id, id);
    if (current === undefined) throw notFound();
    if (isUnchanged(request, reply, current.version)) return reply.code(304).send();
    const cached = cache.get(id, current.version);
    if (cached) return sendContent(reply, { ...current, body: cached }, 'hit');
    const content = await files.selectContent(sql, request.user.id, id);
    if (content === undefined) throw notFound();
    cache.set(id, content.version, content.body);
    return sendContent(reply, content, 'miss');
  });
}

/** The versions If-Match allows to be replaced. @throws Problem `precondition-required`, or `not-found` where there is no file either */
async function requiredVersions(sql: Parts['sql'], request: FastifyRequest, id: string): Promise<number[] | null> {
  const ifMatch = request.headers['if-match'];
  if (ifMatch !== undefined) return strongVersions(ifMatch);
  if ((await files.selectVersion(sql, request.user.id, id)) === undefined) throw notFound();
  throw new Problem('precondition-required', 'If-Match is needed');
}

function stale(): Problem {
  return new Problem('precondition-failed', 'the file has another version');
}

/** Sets the ETag, and returns whether If-None-Match names it. */
function isUnchanged(request: FastifyRequest, reply: FastifyReply, version: number): boolean {
  reply.header('etag', etagOf(version));
  return matchesWeakly(request.headers['if-none-match'], version);
}

function sendContent(
  reply: FastifyReply,
  { contentType, version, body }: files.FileContent,
  cacheState: 'hit' | 'miss',
) {
  return reply.headers({ 'content-type': contentType, etag: etagOf(version), 'x-cache': cacheState }).send(body);
}
