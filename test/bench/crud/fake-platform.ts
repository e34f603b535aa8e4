import { createHash, randomUUID } from 'node:crypto';
import * as dataset from '../../../bench/crud/dataset.ts';
import { seededCrc, seededVectorBlock } from '../../../bench/crud/operations/files.ts';
import type { WorkloadRequest, WorkloadResponse } from '../../../src/model/workload.ts';

/** An answer that a test may spoil before it is checked. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

interface StoredFile {
  readonly id: string;
  readonly owner: number;
  readonly name: string;
  readonly createdAt: string;
  contentType: string;
  version: number;
  /** Made when it is asked for: most are not. */
  bytes(): Buffer;
}

export interface FakePlatform {
  answer(request: WorkloadRequest): Answer;
  /** What the users' streams would carry, oldest first. */
  readonly events: string[];
  /** Without the results of aggregations. */
  readonly smallFileCount: number;
}

/** The crud contract in memory, as far as the workloads go: its answers are right. */
export function fakePlatform(seed: number): FakePlatform {
  const users = seededTokens(seed);
  const files = new Map(seededFiles(seed).map((file) => [file.id, file]));
  const names = new Set<string>();
  /** Vectors are never written, so a mean is worked out once. */
  const means = new Map<string, Buffer>();
  const events: string[] = [];
  let lastId = 0;

  const newId = () => {
    lastId += 1;
    return `01990000-0000-7000-8000-${lastId.toString(16).padStart(12, '0')}`;
  };

  function add(owner: number, name: string, bytes: Buffer): StoredFile {
    const file = {
      id: newId(),
      owner,
      name,
      createdAt: '2026-01-01T00:00:00.000Z',
      contentType: 'application/octet-stream',
      version: 1,
      bytes: () => bytes,
    };
    files.set(file.id, file);
    return file;
  }

  function list(owner: number, query: URLSearchParams): Answer {
    const limit = Number(query.get('limit') ?? 20);
    const after = query.get('after') ?? '~';
    const found = [...files.values()].filter((file) => file.owner === owner && file.id < after);
    found.sort((a, b) => (a.id < b.id ? 1 : -1));
    const page = found.slice(0, limit);
    const link = `</files?limit=${limit}&after=${page.at(-1)?.id}>; rel="next"`;
    return json(200, { files: page.map(metadata) }, found.length > limit ? { link } : {});
  }

  function meanOfFiles(fileIds: readonly string[]): Buffer {
    const key = fileIds.join();
    const mean = means.get(key) ?? meanOf(fileIds.map((id) => (files.get(id) as StoredFile).bytes()));
    means.set(key, mean);
    return mean;
  }

  function aggregate(owner: number, fileIds: readonly string[]): Answer {
    const id = newId();
    const result = add(owner, `aggregation-${id}`, meanOfFiles(fileIds));
    events.push(JSON.stringify({ aggregationId: id, status: 'ready', resultFileId: result.id, reason: null }));
    return json(202, { id, status: 'pending', createdAt: result.createdAt }, { location: `/aggregations/${id}` });
  }

  function answerOne(file: StoredFile, request: WorkloadRequest, wantsContent: boolean): Answer {
    if (request.method === 'DELETE') {
      files.delete(file.id);
      return empty(204);
    }
    if (request.method === 'PUT') {
      if (request.headers['if-match'] !== etag(file)) return problem(412);
      const bytes = Buffer.from(request.body as Uint8Array);
      file.bytes = () => bytes;
      file.version += 1;
      return json(200, metadata(file), { etag: etag(file) });
    }
    if (request.headers['if-none-match'] === etag(file)) return empty(304, { etag: etag(file) });
    if (!wantsContent) return json(200, metadata(file), { etag: etag(file) });
    const headers = { 'content-type': file.contentType, etag: etag(file), 'x-cache': 'miss' };
    return { status: 200, headers, body: Buffer.from(file.bytes()) };
  }

  function answer(request: WorkloadRequest): Answer {
    const { pathname, searchParams } = new URL(request.path, 'http://fake');
    const route = `${request.method} ${pathname}`;
    const sent = () => JSON.parse(Buffer.from(request.body as Uint8Array).toString());
    if (route === 'POST /users') {
      if (names.has(sent().name)) return problem(409);
      names.add(sent().name);
      return json(201, { id: newId(), name: sent().name, createdAt: '' }, { location: '/users/me' });
    }
    if (route === 'POST /sessions') {
      const user = Number(sent().name.slice(5)) - 1;
      const token = createHash('sha256').update(randomUUID()).digest('base64url');
      users.set(token, user);
      return json(201, { token, userId: dataset.userId(seed, user), expiresAt: '' });
    }
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    const user = users.get(token);
    if (user === undefined) return problem(401);
    if (route === 'DELETE /sessions/current') {
      users.delete(token);
      return empty(204);
    }
    if (route === 'GET /users/me') {
      const createdAt = new Date(dataset.userCreatedMs(user)).toISOString();
      return json(200, { id: dataset.userId(seed, user), name: dataset.userName(user), createdAt });
    }
    if (route === 'GET /files') return list(user, searchParams);
    if (route === 'POST /aggregations') return aggregate(user, sent().fileIds);
    if (route === 'POST /files') {
      const file = add(user, searchParams.get('name') as string, Buffer.from(request.body as Uint8Array));
      return json(201, metadata(file), { etag: etag(file), location: `/files/${file.id}` });
    }
    const [, , id, content] = pathname.split('/');
    const file = files.get(id as string);
    return file?.owner === user ? answerOne(file, request, content === 'content') : problem(404);
  }

  return {
    answer,
    events,
    get smallFileCount() {
      return [...files.values()].filter(({ name }) => !name.startsWith('aggregation-')).length;
    },
  };
}

export function responseOf({ status, headers, body }: Answer): WorkloadResponse {
  return { status, header: (name) => headers[name] ?? null, body };
}

function seededTokens(seed: number): Map<string, number> {
  const tokens = new Map<string, number>();
  for (let user = 0; user < dataset.userCount; user += 1) {
    tokens.set(dataset.liveToken(seed, user, 0), user);
    tokens.set(dataset.liveToken(seed, user, 1), user);
  }
  return tokens;
}

function seededFiles(seed: number): StoredFile[] {
  const small = Array.from({ length: dataset.fileCount }, (_, file) =>
    seededFile(dataset.fileId(seed, file), dataset.fileOwner(file), dataset.fileName(file), (id) =>
      smallBody(seed, id),
    ),
  );
  const vectors = Array.from({ length: dataset.vectorCount }, (_, vector) =>
    seededFile(dataset.vectorFileId(seed, vector), dataset.vectorOwner(vector), dataset.vectorName(vector), (id) =>
      Buffer.alloc(dataset.vectorSizeBytes, seededVectorBlock(seed, id)),
    ),
  );
  return [...small, ...vectors];
}

function seededFile(id: string, owner: number, name: string, body: (id: string) => Buffer): StoredFile {
  const bytes = () => body(id);
  return { id, owner, name, createdAt: '', contentType: 'application/octet-stream', version: 1, bytes };
}

function smallBody(seed: number, id: string): Buffer {
  const block = createHash('sha512').update(`${seed} ${id}`).digest();
  const body = Buffer.alloc(dataset.fileSizeBytes, block);
  body.writeUInt32BE(seededCrc(seed, id), dataset.fileSizeBytes - 4);
  return body;
}

function meanOf(vectors: readonly Buffer[]): Buffer {
  const mean = Buffer.alloc((vectors[0] as Buffer).length);
  for (let at = 0; at < mean.length; at += 4) {
    let sum = 0;
    for (const vector of vectors) sum += vector.readFloatLE(at);
    mean.writeFloatLE(sum / vectors.length, at);
  }
  return mean;
}

function metadata(file: StoredFile): Record<string, unknown> {
  const { id, name, contentType, version, createdAt } = file;
  const sizeBytes = name.startsWith('file-') ? dataset.fileSizeBytes : dataset.vectorSizeBytes;
  return { id, name, contentType, sizeBytes, version, createdAt, updatedAt: createdAt };
}

function etag({ version }: StoredFile): string {
  return `"${version}"`;
}

function json(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

function problem(status: number): Answer {
  return json(status, { type: 'about:blank', title: '', status, detail: '' });
}

function empty(status: number, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: Buffer.alloc(0) };
}
