import type { RowInvariant, Service, SqlStatement } from '../../src/model/service.ts';
import * as dataset from './dataset.ts';

const openEnded = '2100-01-01T00:00:00Z';
const longPast = '2025-01-01T00:00:00Z';

function indices(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}

function seedUsers(seed: number): SqlStatement {
  const users = indices(dataset.userCount);
  return {
    sql: `INSERT INTO users (id, name, password_salt, password_hash, created_at)
          SELECT id, name, decode($1, 'hex'), decode($2, 'hex'), created_at
          FROM unnest($3::uuid[], $4::text[], $5::timestamptz[]) AS seeded (id, name, created_at)`,
    values: [
      dataset.passwordSaltHex,
      dataset.passwordHashHex,
      users.map((user) => dataset.userId(seed, user)),
      users.map(dataset.userName),
      users.map((user) => timeText(dataset.userCreatedMs(user))),
    ],
  };
}

function seedSessions(seed: number, kind: dataset.SessionKind): SqlStatement {
  const users = indices(dataset.userCount);
  return {
    sql: `INSERT INTO sessions (token_sha256, user_id, created_at, expires_at, revoked_at)
          SELECT sha256(convert_to(token, 'UTF8')), user_id, $1::timestamptz, $2::timestamptz, nullif($3, '')::timestamptz
          FROM unnest($4::text[], $5::uuid[]) AS seeded (token, user_id)`,
    values: [
      longPast,
      kind === 'expired' ? longPast : openEnded,
      kind === 'revoked' ? longPast : '',
      users.map((user) => dataset.sessionToken(seed, user, kind)),
      users.map((user) => dataset.userId(seed, user)),
    ],
  };
}

/** Hexadecimal text of 64 bytes that belong to one file of one seed; a body repeats it. */
const digest = `encode(sha512(convert_to($1::text || ' ' || id::text, 'UTF8')), 'hex')`;

/** 4,092 bytes and their CRC-32, big-endian. OFFSET 0 keeps the planner from computing the bytes at each mention. */
const fileBody = `SELECT body || substring(int8send(crc32(body)) FROM 5) AS body
  FROM (SELECT substring(decode(repeat(${digest}, 64), 'hex') FOR ${dataset.fileSizeBytes - 4}) AS body OFFSET 0) AS unchecked
  OFFSET 0`;

/** Float32 values from [0.5, 2): a last byte of 3f makes any little-endian value finite. */
const vectorBody = `SELECT decode(repeat(finite, ${dataset.vectorSizeBytes / 64}), 'hex') AS body
  FROM (SELECT regexp_replace(${digest}, '(.{6})..', '\\13f', 'g') AS finite) AS block
  OFFSET 0`;

function seedFiles(seed: number, files: readonly SeededFile[], body: string): SqlStatement {
  return {
    sql: `INSERT INTO files (id, user_id, name, content_type, size_bytes, body, created_at, updated_at)
          SELECT id, user_id, name, 'application/octet-stream', octet_length(body), body, created_at, created_at
          FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[]) AS seeded (id, user_id, name, created_at),
          LATERAL (${body}) AS bodies`,
    values: [
      String(seed),
      files.map((file) => file.id),
      files.map((file) => dataset.userId(seed, file.owner)),
      files.map((file) => file.name),
      files.map((file) => timeText(file.createdMs)),
    ],
  };
}

interface SeededFile {
  readonly id: string;
  readonly owner: number;
  readonly name: string;
  readonly createdMs: number;
}

function smallFiles(seed: number): readonly SeededFile[] {
  return indices(dataset.fileCount).map((file) => ({
    id: dataset.fileId(seed, file),
    owner: dataset.fileOwner(file),
    name: dataset.fileName(file),
    createdMs: dataset.fileCreatedMs(file),
  }));
}

function vectors(seed: number): readonly SeededFile[] {
  return indices(dataset.vectorCount).map((vector) => ({
    id: dataset.vectorFileId(seed, vector),
    owner: dataset.vectorOwner(vector),
    name: dataset.vectorName(vector),
    createdMs: dataset.vectorCreatedMs(vector),
  }));
}

/** What must count nothing, before and after, whatever was answered. */
function never(id: string, sql: string): RowInvariant {
  return { id, sql, expected: () => ({ minCount: 0, maxCount: 0 }) };
}

const invariants: readonly RowInvariant[] = [
  {
    id: 'files-are-those-acknowledged',
    // Results of aggregations are files too, but no create returns them.
    sql: `SELECT count(*) FROM files WHERE name NOT LIKE 'aggregation-%'`,
    expected(beforeCount, { createdCount, deletedCount, uncertainCount }) {
      const certainCount = beforeCount + createdCount - deletedCount;
      return { minCount: certainCount - uncertainCount, maxCount: certainCount + uncertainCount };
    },
  },
  never('sizes-are-those-of-the-bodies', 'SELECT count(*) FROM files WHERE size_bytes <> octet_length(body)'),
  never(
    'finished-aggregations-have-one-event',
    `SELECT count(*) FROM aggregations a WHERE a.status <> 'pending'
     AND 1 <> (SELECT count(*) FROM events e WHERE e.aggregation_id = a.id AND e.status = a.status)`,
  ),
  never(
    'ready-aggregations-have-their-result',
    `SELECT count(*) FROM aggregations a LEFT JOIN files f ON f.id = a.result_file_id AND f.user_id = a.user_id
     WHERE a.status = 'ready' AND f.name IS DISTINCT FROM 'aggregation-' || a.id`,
  ),
  never(
    'results-belong-to-ready-aggregations',
    `SELECT count(*) FROM files f WHERE f.name LIKE 'aggregation-%'
     AND NOT EXISTS (SELECT FROM aggregations a WHERE a.status = 'ready' AND a.result_file_id = f.id)`,
  ),
  // Workloads aggregate seeded vectors only, which no workload deletes or replaces. Accepted, not yet finished: pending.
  never('no-aggregation-fails', `SELECT count(*) FROM aggregations WHERE status = 'failed'`),
];

/** Owns ten files of 4 KiB and eight vectors. */
const mainUser = 0;
/** Owns ten files of 4 KiB and nothing else. */
const otherUser = 500;

function numbered(prefix: string, ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(ids.map((id, index) => [`${prefix}${index + 1}`, id]));
}

export const service: Service = {
  id: 'crud',
  contractVersion: 2,
  isCluster: false,
  database: {
    schemaFile: 'schema.sql',
    seedStatements: (seed) => [
      seedUsers(seed),
      ...dataset.sessionKinds.map((kind) => seedSessions(seed, kind)),
      seedFiles(seed, smallFiles(seed), fileBody),
      seedFiles(seed, vectors(seed), vectorBody),
    ],
    invariants,
  },
  environment: ({ workerCount, dbPoolTotal, seed }) => ({
    WORKERS: String(workerCount),
    DB_POOL_TOTAL: String(dbPoolTotal),
    FILE_CACHE_BYTES: '16777216',
    SESSION_TTL_SECONDS: '3600',
    MAX_EVENT_STREAMS: '64',
    LOG_LEVEL: 'warn',
    SEED: String(seed),
  }),
  vectorVariables: (seed) => ({
    password: dataset.seededPassword,
    userName: dataset.userName(mainUser),
    userId: dataset.userId(seed, mainUser),
    token: dataset.liveToken(seed, mainUser, 0),
    secondToken: dataset.liveToken(seed, mainUser, 1),
    expiredToken: dataset.expiredToken(seed, mainUser),
    revokedToken: dataset.revokedToken(seed, mainUser),
    ...numbered('fileId', dataset.fileIdsOf(seed, mainUser)),
    ...numbered('vectorFileId', dataset.vectorFileIdsOf(seed, mainUser)),
    otherUserName: dataset.userName(otherUser),
    otherUserId: dataset.userId(seed, otherUser),
    otherToken: dataset.liveToken(seed, otherUser, 0),
    otherSecondToken: dataset.liveToken(seed, otherUser, 1),
    ...numbered('otherFileId', dataset.fileIdsOf(seed, otherUser)),
    absentId: dataset.absentId(seed),
  }),
  statementBudgets: {
    'GET /health': 1,
    'POST /users': 1,
    'POST /sessions': 2,
    'DELETE /sessions/current': 2,
    'GET /users/me': 1,
    'POST /files': 2,
    'GET /files': 2,
    'GET /files/{id}': 2,
    'GET /files/{id}/content hit': 2,
    'GET /files/{id}/content miss': 3,
    'PUT /files/{id}': 2,
    'DELETE /files/{id}': 2,
    'POST /aggregations': 3,
    'GET /aggregations/{id}': 2,
    'GET /events': 2,
  },
  countedLoad: {
    workload: 'history',
    statementsByOperation: {
      read: exactly(2),
      // A hit, or a miss that fetches the body.
      content: { min: 2, max: 3 },
      revalidate: { min: 2, max: 3 },
      list: exactly(2),
      'list-next': exactly(2),
      create: exactly(2),
      replace: exactly(2),
      delete: exactly(2),
      'read-changed': { min: 2, max: 3 },
      'use-session': exactly(1),
      'log-out': exactly(2),
      // Refused once the session is looked up.
      'use-ended': exactly(1),
    },
  },
};

function exactly(count: number): { readonly min: number; readonly max: number } {
  return { min: count, max: count };
}
