import type { Sql, TransactionSql } from '../database.ts';

export interface Aggregation {
  readonly id: string;
  readonly status: 'pending' | 'ready' | 'failed';
  readonly resultFileId: string | null;
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

export interface Job {
  readonly id: string;
  readonly userId: string;
  readonly fileIds: string[];
}

export type Outcome = Pick<Aggregation, 'status' | 'resultFileId' | 'reason'>;

/** Queues the job and notifies all workers. */
export async function insertAggregation(
  sql: Sql,
  userId: string,
  fileIds: string[],
): Promise<Pick<Aggregation, 'id' | 'status' | 'createdAt'>> {
  const [aggregation] = await sql<[Pick<Aggregation, 'id' | 'status' | 'createdAt'>]>`
    WITH job AS (
      INSERT INTO aggregations (user_id, file_ids) VALUES (${userId}, ${sql.types.uuids(fileIds)}) RETURNING id, status, created_at
    ) SELECT id, status, created_at, pg_notify('aggregation_queued', id::text) FROM job`;
  return aggregation;
}

export async function selectAggregation(sql: Sql, userId: string, id: string): Promise<Aggregation | undefined> {
  const [aggregation] = await sql<Aggregation[]>`
    SELECT id, status, result_file_id, reason, created_at, finished_at FROM aggregations
    WHERE id = ${id} AND user_id = ${userId}`;
  return aggregation;
}

/** The oldest job no other worker holds; this transaction holds it until it ends. */
export async function claimJob(sql: TransactionSql): Promise<Job | undefined> {
  const [job] = await sql<Job[]>`
    SELECT id, user_id, file_ids FROM aggregations WHERE status = 'pending' ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1`;
  return job;
}

export async function finishJob(
  sql: TransactionSql,
  job: Job,
  { status, resultFileId, reason }: Outcome,
): Promise<void> {
  await sql`
    UPDATE aggregations SET status = ${status}, result_file_id = ${resultFileId}, reason = ${reason}, finished_at = now()
    WHERE id = ${job.id}`;
}

export interface AggregationEvent extends Outcome {
  /** Counts from 1 for each user; a bigint, so text. */
  readonly id: string;
  readonly aggregationId: string;
}

export function selectEventsAfter(sql: Sql, userId: string, id: string): Promise<AggregationEvent[]> {
  return sql<AggregationEvent[]>`
    SELECT id, aggregation_id, status, result_file_id, reason FROM events WHERE user_id = ${userId} AND id > ${id} ORDER BY id`;
}

export async function selectLastEventId(sql: Sql, userId: string): Promise<string> {
  const [user] = await sql<{ lastEventId: string }[]>`SELECT last_event_id FROM users WHERE id = ${userId}`;
  return user?.lastEventId ?? '0';
}

/** Its id is raised in the completing transaction, so that ids commit in order. */
export async function insertEvent(
  sql: TransactionSql,
  job: Job,
  { status, resultFileId, reason }: Outcome,
): Promise<void> {
  const [user] = await sql<[{ lastEventId: string }]>`
    UPDATE users SET last_event_id = last_event_id + 1 WHERE id = ${job.userId} RETURNING last_event_id`;
  await sql`
    INSERT INTO events (user_id, id, aggregation_id, status, result_file_id, reason)
    VALUES (${job.userId}, ${user.lastEventId}, ${job.id}, ${status}, ${resultFileId}, ${reason})`;
  await sql`SELECT pg_notify('user_event', ${job.userId})`;
}
