import type { Sql, TransactionSql } from '../database.ts';
import type { Job, Outcome } from './aggregations.ts';

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
