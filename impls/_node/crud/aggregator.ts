import { areVectorSizes, type CpuWork } from './cpu-work.ts';
import type { Transaction, TransactionSql } from './database.ts';
import type { Log } from './log.ts';
import { claimJob, finishJob, insertEvent, type Job, type Outcome } from './statements/aggregations.ts';
import { insertFile, selectBodies } from './statements/files.ts';

/** Works through the queue of aggregations, one job at a time. */
export interface Aggregator {
  /** There may be work: a start, a notification, a reconnect. */
  wake(): void;
  /** Resolves when the job in hand is finished. */
  stop(): Promise<void>;
}

const rescanMs = 15_000;
const retryMs = 1_000;

export function startAggregator(transaction: Transaction, cpuWork: CpuWork, log: Log): Aggregator {
  let woken = false;
  let stopped = false;
  let working: Promise<void> | undefined;
  const rescan = setInterval(wake, rescanMs);

  async function work(): Promise<void> {
    while (woken && !stopped) {
      woken = false;
      while (!stopped && (await runNextJob(transaction, cpuWork)));
    }
  }

  function wake(): void {
    woken = true;
    if (stopped) return;
    working ??= work()
      .catch((error: unknown) => {
        log.info(error, 'aggregation interrupted: the job stays pending');
        setTimeout(wake, retryMs);
      })
      .finally(() => {
        working = undefined;
      });
  }

  return {
    wake,
    async stop() {
      stopped = true;
      clearInterval(rescan);
      await working;
    },
  };
}

/** Claims and finishes one job in one transaction, so that a killed worker frees it; false where the queue is empty. */
function runNextJob(transaction: Transaction, cpuWork: CpuWork): Promise<boolean> {
  return transaction(async (sql) => {
    const job = await claimJob(sql);
    if (job === undefined) return false;
    const outcome = await aggregate(sql, job, cpuWork);
    await finishJob(sql, job, outcome);
    await insertEvent(sql, job, outcome);
    return true;
  });
}

async function aggregate(sql: TransactionSql, job: Job, cpuWork: CpuWork): Promise<Outcome> {
  const files = await selectBodies(sql, job.userId, job.fileIds);
  const order = job.fileIds.map((id) => files.findIndex((file) => file.id === id));
  if (order.includes(-1)) return failed('file-gone');
  const bodies = files.map(({ body }) => body);
  if (!areVectorSizes(bodies.map(({ length }) => length))) return failed('length-changed');
  const body = await cpuWork.mean(bodies, order);
  const result = await insertFile(sql, job.userId, `aggregation-${job.id}`, {
    contentType: 'application/octet-stream',
    body,
  });
  return { status: 'ready', resultFileId: result.id, reason: null };
}

function failed(reason: string): Outcome {
  return { status: 'failed', resultFileId: null, reason };
}
