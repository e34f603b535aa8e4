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

/** Queues the job and tells all workers of it. */
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
