import { areVectorSizes } from '../../_node/crud/cpu-work.ts';
import { hashPassword, isPasswordOf, newToken } from '../../_node/crud/credentials.ts';
import { etagOf, matchesWeakly, strongVersions } from '../../_node/crud/etag.ts';
import { Problem } from '../../_node/crud/problem.ts';
import { nextLink, readFileName, readPage } from '../../_node/crud/query.ts';
import { readEventId } from '../../_node/crud/routes/event-id.ts';
import { notFound } from '../../_node/crud/routes/path-id.ts';
import { parseUuid } from '../../_node/crud/schemas.ts';
import { insertSession, insertUser, revokeSession, selectPassword } from '../../_node/crud/statements/accounts.ts';
import { insertAggregation, selectAggregation } from '../../_node/crud/statements/aggregations.ts';
import * as files from '../../_node/crud/statements/files.ts';
import { type Asked, emptyAnswer, jsonAnswer, type Routes } from './answers.ts';
import { exactly, textOf } from './body.ts';
import { createStreamedResponse } from './event-response.ts';

export const routes: Routes = {
  '/health': { GET: { isOpen: true, answer: health } },
  '/users': { POST: { isOpen: true, takes: 'json', answer: signUp } },
  '/users/me': { GET: { answer: async ({ user }) => jsonAnswer(200, user) } },
  '/sessions': { POST: { isOpen: true, takes: 'json', answer: logIn } },
  '/sessions/current': { DELETE: { answer: logOut } },
  '/files': { GET: { answer: listFiles }, POST: { takes: 'raw', answer: createFile } },
  '/files/:id': {
    GET: { answer: readFile },
    PUT: { takes: 'raw', answer: replaceFile },
    DELETE: { answer: deleteFile },
  },
  '/files/:id/content': { GET: { answer: readContent } },
  '/aggregations': { POST: { takes: 'json', answer: aggregate } },
  '/aggregations/:id': { GET: { answer: readAggregation } },
  '/events': { GET: { answer: openEvents } },
};

/** Below the second within which a lost database must show. */
const patienceMs = 800;

async function health({ parts }: Asked): Promise<Response> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(reject, patienceMs, new Error('no answer in time'));
  try {
    await Promise.race([parts.sql`SELECT 1`, late]);
  } catch {
    throw new Problem('unavailable', 'the database does not answer');
  } finally {
    clearTimeout(timer);
  }
  return jsonAnswer(200, { status: 'ok' });
}

const isUserName = (value: unknown) => typeof value === 'string' && /^[a-z0-9._-]{3,64}$/.test(value);

async function signUp({ parts: { sql, cpuWork }, json }: Asked): Promise<Response> {
  const { name, password } = exactly(json, { name: isUserName, password: textOf(8, 128) });
  const user = await insertUser(sql, String(name), await hashPassword(cpuWork, String(password)));
  if (user === undefined) throw new Problem('name-taken', 'another user has this name');
  return jsonAnswer(201, user, { location: '/users/me' });
}

async function logIn({ parts: { sql, cpuWork, config }, json }: Asked): Promise<Response> {
  const credentials = exactly(json, { name: textOf(1, 128), password: textOf(1, 128) });
  const name = String(credentials.name);
  // No text in PostgreSQL holds a NUL, so no user has such a name.
  const user = name.includes('\0') ? undefined : await selectPassword(sql, name);
  const isRight = await isPasswordOf(cpuWork, user, String(credentials.password));
  if (user === undefined || !isRight) throw new Problem('unauthorized', 'the name or the password is wrong');
  const token = newToken();
  const expiresAt = await insertSession(sql, token.sha256, user.id, config.sessionTtlSec);
  return jsonAnswer(201, { token: token.text, userId: user.id, expiresAt });
}

async function logOut({ parts, tokenSha256 }: Asked): Promise<Response> {
  await revokeSession(parts.sql, tokenSha256);
  return emptyAnswer(204);
}

async function createFile({ request, parts, user, queryText, body }: Asked): Promise<Response> {
  const content = { contentType: request.headers.get('content-type') ?? '', body };
  const file = await files.insertFile(parts.sql, user.id, readFileName(queryText), content);
  return jsonAnswer(201, file, { location: `/files/${file.id}`, etag: etagOf(file.version) });
}

async function listFiles({ parts, user, queryText }: Asked): Promise<Response> {
  const page = readPage(queryText);
  const found = await files.selectPage(parts.sql, user.id, page);
  const shown = found.slice(0, page.limit);
  const last = shown.at(-1);
  const hasNext = last !== undefined && found.length > page.limit;
  return jsonAnswer(200, { files: shown }, hasNext ? { link: nextLink(page.limit, last.id) } : {});
}

async function readFile({ request, parts, user, id }: Asked): Promise<Response> {
  const file = await files.selectFile(parts.sql, user.id, idOf(id));
  if (file === undefined) throw notFound();
  const etag = etagOf(file.version);
  return isUnchanged(request, file.version) ? emptyAnswer(304, { etag }) : jsonAnswer(200, file, { etag });
}

async function readContent({ request, parts: { sql, cache }, user, id: text }: Asked): Promise<Response> {
  const id = idOf(text);
  const current = await files.selectVersion(sql, user.id, id);
  if (current === undefined) throw notFound();
  if (isUnchanged(request, current.version)) return emptyAnswer(304, { etag: etagOf(current.version) });
  const cached = cache.get(id, current.version);
  if (cached) return contentAnswer({ ...current, body: cached }, 'hit');
  const content = await files.selectContent(sql, user.id, id);
  if (content === undefined) throw notFound();
  cache.set(id, content.version, content.body);
  return contentAnswer(content, 'miss');
}

function contentAnswer({ contentType, version, body }: files.FileContent, cacheState: 'hit' | 'miss'): Response {
  const headers = { 'content-type': contentType, etag: etagOf(version), 'x-cache': cacheState };
  return new Response(body as Uint8Array<ArrayBuffer>, { headers });
}

async function replaceFile({ request, parts: { sql, cache }, user, id: text, body }: Asked): Promise<Response> {
  const id = idOf(text);
  const ifMatch = request.headers.get('if-match');
  if (ifMatch === null) {
    if ((await files.selectVersion(sql, user.id, id)) === undefined) throw notFound();
    throw new Problem('precondition-required', 'If-Match is needed');
  }
  const content = { contentType: request.headers.get('content-type') ?? '', body };
  const file = await files.updateContent(sql, user.id, id, strongVersions(ifMatch), content);
  if (file === undefined)
    throw (await files.selectVersion(sql, user.id, id))
      ? new Problem('precondition-failed', 'the file has another version')
      : notFound();
  cache.delete(id);
  return jsonAnswer(200, file, { etag: etagOf(file.version) });
}

async function deleteFile({ parts: { sql, cache }, user, id: text }: Asked): Promise<Response> {
  const id = idOf(text);
  if (!(await files.deleteFile(sql, user.id, id))) throw notFound();
  cache.delete(id);
  return emptyAnswer(204);
}

const isFileIds = (value: unknown) =>
  Array.isArray(value) &&
  value.length >= 1 &&
  value.length <= 64 &&
  value.every((id) => typeof id === 'string' && parseUuid(id) !== undefined);

async function aggregate({ parts: { sql }, user, json }: Asked): Promise<Response> {
  const fileIds = (exactly(json, { fileIds: isFileIds }).fileIds as string[]).map((id) => id.toLowerCase());
  const found = await files.selectSizes(sql, user.id, fileIds);
  if (found.length < new Set(fileIds).size) throw notFound();
  if (!areVectorSizes(found.map((file) => file.sizeBytes)))
    throw new Problem('invalid', 'the files are not float32 vectors of one length');
  const { id, status, createdAt } = await insertAggregation(sql, user.id, fileIds);
  return jsonAnswer(202, { id, status, createdAt }, { location: `/aggregations/${id}` });
}

async function readAggregation({ parts, user, id }: Asked): Promise<Response> {
  const aggregation = await selectAggregation(parts.sql, user.id, idOf(id));
  if (aggregation === undefined) throw notFound();
  return jsonAnswer(200, aggregation);
}

async function openEvents({ request, parts, user, tokenSha256 }: Asked): Promise<Response> {
  const lastEventId = readEventId(request.headers.get('last-event-id') ?? undefined);
  const response = createStreamedResponse(request.signal);
  await parts.hub.open({ userId: user.id, tokenSha256, lastEventId, response });
  parts.keepOpen(request);
  return new Response(response.body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } });
}

/** What is no UUID names nothing. @throws Problem `not-found` */
function idOf(text: string): string {
  const id = parseUuid(text);
  if (id === undefined) throw notFound();
  return id;
}

function isUnchanged({ headers }: Request, version: number): boolean {
  return matchesWeakly(headers.get('if-none-match') ?? undefined, version);
}
