import { pause } from '../../os/child-process.ts';
import { ClusterFailure, connectToCluster } from '../../target/cluster-control.ts';
import { type HttpConnection, openConnection } from '../client/http-client.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import { type LoggedOperation, linearize } from './linearizability.ts';

export interface LinearizabilityOptions {
  readonly baseUrl: string;
  readonly signal: AbortSignal;
}

const clientCount = 8;
const keyCount = 8;
const crashCount = 4;
const betweenOperationsMs = 3;
const betweenCrashesMs = 300;
const answerMs = 10_000;

type OperationLogs = Map<string, LoggedOperation[]>;

/** Clients write and read a few keys at once while leaders crash; then each key's operation log must have an order in real time. */
export async function checkLinearizability({
  baseUrl,
  signal,
}: LinearizabilityOptions): Promise<readonly CheckResult[]> {
  const logs: OperationLogs = new Map();
  const ended = new AbortController();
  const clients = Array.from({ length: clientCount }, (_, client) => runClient(client, baseUrl, ended.signal, logs));
  const crashes = await crashLeaders(baseUrl, signal).finally(() => ended.abort());
  await Promise.all(clients);
  signal.throwIfAborted();
  const counts = [...logs.values()].map((log) => log.length);
  const total = counts.reduce((sum, count) => sum + count, 0);
  return [
    crashes,
    checkResult('clients got answers while leaders crashed', total >= 100, `${total} operations on ${logs.size} keys`),
    ...[...logs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, log]) => checkKeyLog(key, log)),
  ];
}

function checkKeyLog(key: string, log: readonly LoggedOperation[]): CheckResult {
  const name = `the operation log of ${key} has an order in real time`;
  const result = linearize(log);
  if (result.status === 'linearizable') return checkResult(name, true, `${log.length} operations`);
  const stuck = result.stuckAt.slice(0, 6).map(({ kind, value }) => `${kind} ${value ?? 'nothing'}`);
  return checkResult(
    name,
    false,
    `no order of ${log.length} operations; none of these can be next: ${stuck.join(', ')}`,
  );
}

async function crashLeaders(baseUrl: string, signal: AbortSignal): Promise<CheckResult> {
  const name = `${crashCount} leaders crash and come back`;
  const cluster = connectToCluster(baseUrl, signal);
  try {
    for (let done = 0; done < crashCount; done += 1) {
      await pause(betweenCrashesMs, signal);
      const node = await until(() => cluster.crashLeader({ synchronise: false, laggards: 0 }), signal);
      if (node === null) return checkResult(name, false, `no leader to crash after ${done} crashes`);
      const leader = await until(async () => (await cluster.state()).leader, signal);
      if (leader === null) return checkResult(name, false, `no leader within 10 s of crash ${done + 1}`);
      await cluster.restart(node);
    }
    await pause(betweenCrashesMs, signal);
    return checkResult(name, true, 'all did');
  } catch (error) {
    if (error instanceof ClusterFailure) return checkResult(name, false, error.message);
    throw error;
  }
}

async function until<T>(look: () => Promise<T | null>, signal: AbortSignal): Promise<T | null> {
  const dueMs = performance.now() + 10_000;
  for (;;) {
    const seen = await look();
    if (seen !== null || performance.now() > dueMs) return seen;
    await pause(20, signal);
  }
}

/** Writes and reads in turn, each client beginning at a key of its own; every value is written once. */
async function runClient(client: number, baseUrl: string, ended: AbortSignal, logs: OperationLogs): Promise<void> {
  let connection: HttpConnection | null = null;
  for (let count = 0; !ended.aborted; count += 1) {
    const key = `history-${(client + 3 * count) % keyCount}`;
    const value = count % 2 === 0 ? `${client}.${count}` : null;
    if (connection === null || !connection.usable) connection = await openConnection(baseUrl).catch(() => null);
    if (connection !== null) {
      const operation = await perform(connection, key, value);
      const log = logs.get(key) ?? [];
      logs.set(key, log);
      if (operation !== null) log.push(operation);
    }
    await pause(betweenOperationsMs, ended).catch(() => {});
  }
  connection?.close();
}

/** null: it has not happened (503), or it was a read without an answer. */
async function perform(connection: HttpConnection, key: string, value: string | null): Promise<LoggedOperation | null> {
  const startedNs = nowNs();
  const unknown = value === null ? null : ({ kind: 'write', value, startedNs, endedNs: null } as const);
  try {
    const request = { path: `/kv/${key}`, headers: [], rawHeaderLines: [], chunked: false };
    const method = value === null ? 'GET' : 'PUT';
    const body = value === null ? null : Buffer.from(value);
    const answer = await connection.send({ ...request, method, body }, answerMs);
    if (answer.status === 503) return null;
    if (answer.status !== 200 && answer.status !== 404) return unknown;
    const endedNs = nowNs();
    if (value !== null) return { kind: 'write', value, startedNs, endedNs };
    return { kind: 'read', value: answer.status === 404 ? null : answer.body.toString('utf8'), startedNs, endedNs };
  } catch {
    return unknown;
  }
}

function nowNs(): number {
  return Number(process.hrtime.bigint());
}
