import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckResult, checkResult } from '../../conformance/checks/check-result.ts';
import { judgeCountedLoad } from '../../conformance/checks/counted-load.ts';
import { checkDatabaseRestart } from '../../conformance/checks/database-restart.ts';
import { checkLinearizability } from '../../conformance/checks/linearizability-check.ts';
import { checkElectionShutdown, checkShutdown } from '../../conformance/checks/shutdown.ts';
import { checkStatementBudgets } from '../../conformance/checks/statement-budget.ts';
import { judgeWire, observeWire } from '../../conformance/checks/wire.ts';
import { type LifecycleFile, readLifecycleFile, readWireFile } from '../../conformance/vectors/contract-file.ts';
import { runVectors, type VectorFailure } from '../../conformance/vectors/run-vectors.ts';
import type { DatabaseServer } from '../../database/database-server.ts';
import type { TrialDatabase } from '../../database/trial-database.ts';
import type { CountedLoadRecord, WireAnswer } from '../../model/run-result.ts';
import type { Workload } from '../../model/workload.ts';
import { TrialFailure } from '../trial/observations.ts';
import { driveCounted } from './counted-load.ts';
import { checkStartup } from './start-checks.ts';
import {
  type ConformanceOutcome,
  type ConformancePart,
  type ConformanceSubject,
  contractDirOf,
  type RunningSubject,
  startSubject,
} from './subject.ts';
import { tryWorkload } from './try-workload.ts';

/** Starts the implementation on a fresh copy, runs its service's vectors against it, stops it. */
export async function conformToVectors(subject: ConformanceSubject): Promise<ConformanceOutcome> {
  let statementsHash: string | null = null;
  let wire: ConformanceOutcome['wire'] = null;
  const part = await withTarget(subject, async (running) => {
    // Before the vectors, whose rows would change the answers.
    const own = await checkWire(subject, running);
    wire = own.answers;
    const vectors = await checkVectors(subject, running);
    statementsHash = await statementsHashOf(running);
    return joined(vectors, own.part);
  });
  return { ...part, statementsHash, countedLoad: null, wire };
}

/** Two parts of one target as one. */
function joined(first: ConformancePart, second: ConformancePart): ConformancePart {
  const failures = second.failures.map((failure) => `${second.title}: ${failure}`);
  return {
    ...first,
    checkCount: first.checkCount + second.checkCount,
    failures: [...first.failures, ...failures],
  };
}

interface ObservedWire {
  readonly part: ConformancePart;
  /** null: the service names no answers that are compared. */
  readonly answers: readonly WireAnswer[] | null;
}

async function checkWire({ service }: ConformanceSubject, running: RunningSubject): Promise<ObservedWire> {
  const title = 'answers on the wire';
  const path = join(contractDirOf(service), 'wire.json');
  if (!existsSync(path)) return { part: notChecked(title, 'the service names none'), answers: null };
  const file = await readWireFile(path);
  try {
    const answers = await observeWire(file, running);
    return { part: partOf(title, judgeWire(answers, file)), answers };
  } catch (error) {
    running.signal.throwIfAborted();
    return { part: partOf(title, [checkResult('an answer', false, (error as Error).message)]), answers: null };
  }
}

/** Of a user's service: its vectors where it has a contract, then each request of its workloads once, with its set-up before. */
export async function conformToConfig(
  subject: ConformanceSubject,
  workloads: readonly Workload[],
): Promise<ConformanceOutcome> {
  let { checkCount, failures }: Pick<ConformancePart, 'checkCount' | 'failures'> = { checkCount: 0, failures: [] };
  for await (const part of checkConfig(subject, workloads)) {
    checkCount += part.checkCount;
    failures = [...failures, ...part.failures.map((failure) => `${part.title}: ${failure}`)];
  }
  return { checkCount, failures, statementsHash: null, countedLoad: null, wire: null };
}

/** Each part on a target of its own: what one leaves behind is not found by the next. */
export async function* checkConfig(
  subject: ConformanceSubject,
  workloads: readonly Workload[],
): AsyncGenerator<ConformancePart> {
  if (subject.service.contractDir !== null) yield* checkWholeContract(subject);
  yield await withTarget(subject, async ({ baseUrl, signal }) => {
    const tried = [];
    for (const workload of workloads) tried.push(await tryWorkload(workload, subject.seed, baseUrl, signal));
    const failures = tried.flatMap((one) => one.failures);
    const checkCount = tried.reduce((sum, one) => sum + one.checkCount, 0);
    return { title: 'requests', checkCount, failures, notChecked: null };
  });
}

/** The same outcome with what a counted load shows beside it. */
export async function withCountedLoad(
  outcome: ConformanceOutcome,
  subject: ConformanceSubject,
): Promise<ConformanceOutcome> {
  const { part, record } = await checkCountedLoad(subject);
  const failures = [...outcome.failures, ...part.failures.map((failure) => `${part.title}: ${failure}`)];
  return { ...outcome, checkCount: outcome.checkCount + part.checkCount, failures, countedLoad: record };
}

/** The same outcome after the rest of the contract. */
export async function withLifecycle(
  outcome: ConformanceOutcome,
  subject: ConformanceSubject,
): Promise<ConformanceOutcome> {
  let { checkCount } = outcome;
  const failures = [...outcome.failures];
  for await (const part of checkLifecycle(subject)) {
    checkCount += part.checkCount;
    failures.push(...part.failures.map((failure) => `${part.title}: ${failure}`));
  }
  return { ...outcome, checkCount, failures };
}

async function checkCountedLoad(
  subject: ConformanceSubject,
): Promise<{ readonly part: ConformancePart; readonly record: CountedLoadRecord | null }> {
  const title = 'counted load';
  const { countedLoad } = subject.service;
  if (countedLoad === null) return { part: notChecked(title, 'the service has none'), record: null };
  const path = join(contractDirOf(subject.service), 'lifecycle.json');
  const neverCounted = existsSync(path) ? (await readLifecycleFile(path)).statementBudgets.notCounted : [];
  let record: CountedLoadRecord | null = null;
  const check = async (running: RunningSubject) => {
    const judged = judgeCountedLoad(await driveCounted(subject, running, countedLoad), countedLoad, neverCounted);
    record = judged.record;
    return partOf(title, judged.checks);
  };
  const part = await withTarget(subject, check, async (database) => database?.recordSettings());
  return { part, record };
}

/** Everything `paceline conform` checks, part by part: vectors; of a cluster its crashes; statement budgets, shutdown, loss of the database. */
export async function* checkWholeContract(subject: ConformanceSubject): AsyncGenerator<ConformancePart> {
  yield await withTarget(subject, (running) => checkVectors(subject, running));
  if (existsSync(join(contractDirOf(subject.service), 'wire.json')))
    yield await withTarget(subject, async (running) => (await checkWire(subject, running)).part);
  if (subject.service.countedLoad !== null) yield (await checkCountedLoad(subject)).part;
  yield* checkLifecycle(subject);
}

/** What is neither a vector nor counted under load. */
async function* checkLifecycle(subject: ConformanceSubject): AsyncGenerator<ConformancePart> {
  if (subject.service.isCluster) yield* checkClusterContract(subject);
  const path = join(contractDirOf(subject.service), 'lifecycle.json');
  if (!existsSync(path)) return;
  const file = await readLifecycleFile(path);
  yield await withTarget(subject, (running) => checkBudgets(subject, running, file));
  yield await withTarget(subject, (running) => checkShutdownPart(running, file));
  yield await withTarget(subject, (running) => checkDatabaseOutage(subject, running, file));
}

/** What only crashes can show: answers in an order of real time, a clean end in the middle of an election, and an invalid configuration. */
async function* checkClusterContract(subject: ConformanceSubject): AsyncGenerator<ConformancePart> {
  yield await withTarget(subject, async (running) => partOf('linearizability', await checkLinearizability(running)));
  yield await withTarget(subject, async (running) => {
    const { stop } = running.started.target;
    return partOf('shutdown in an election', await checkElectionShutdown({ ...running, stop }));
  });
  yield partOf('startup and invalid configuration', await checkStartup(subject));
}

async function withTarget(
  subject: ConformanceSubject,
  check: (running: RunningSubject) => Promise<ConformancePart>,
  prepareDatabase?: (database: TrialDatabase | null) => Promise<void>,
): Promise<ConformancePart> {
  let running: RunningSubject;
  try {
    running = await startSubject(subject, prepareDatabase);
  } catch (error) {
    if (!(error instanceof TrialFailure)) throw error;
    return { title: 'start', checkCount: 1, failures: [`${error.message}\n${error.logTail}`], notChecked: null };
  }
  try {
    return await check(running);
  } finally {
    await running.dispose();
  }
}

async function checkVectors({ service }: ConformanceSubject, running: RunningSubject): Promise<ConformancePart> {
  const vectorsDir = join(contractDirOf(service), 'vectors');
  const { checkCount, failures } = await runVectors({ ...running, vectorsDir });
  return { title: 'vectors', checkCount, failures: failures.map(failureText), notChecked: null };
}

/** Which texts, not how often: that depends on how long something was waited for. */
async function statementsHashOf({ database, countsStatements }: RunningSubject): Promise<string | null> {
  if (database === null || !countsStatements) return null;
  const calls = (await database.statementCalls()) ?? [];
  const texts = new Set(calls.map(({ query }) => query.replace(/\s+/g, ' ').trim()));
  return createHash('sha256')
    .update([...texts].sort().join('\n'))
    .digest('hex')
    .slice(0, 16);
}

async function checkBudgets(
  { service }: ConformanceSubject,
  running: RunningSubject,
  file: LifecycleFile,
): Promise<ConformancePart> {
  const title = 'statement budgets';
  const { database } = running;
  const budgets = service.statementBudgets;
  if (budgets === null || database === null) return notChecked(title, 'the service has none');
  if (!running.countsStatements) return notChecked(title, 'this database has no pg_stat_statements');
  const checks = await checkStatementBudgets({
    ...running,
    file,
    budgets,
    resetStatements: database.resetStatements,
    statementCalls: async () => (await database.statementCalls()) ?? [],
  });
  return partOf(title, checks);
}

async function checkShutdownPart(running: RunningSubject, file: LifecycleFile): Promise<ConformancePart> {
  return partOf('shutdown', await checkShutdown({ ...running, file, stop: running.started.target.stop }));
}

async function checkDatabaseOutage(
  { session }: ConformanceSubject,
  running: RunningSubject,
  file: LifecycleFile,
): Promise<ConformancePart> {
  const title = 'loss of the database';
  const outage: DatabaseServer['outage'] = session.databaseServer()?.outage ?? null;
  if (outage === null) return notChecked(title, 'this database server is not ours to stop');
  const checks = await checkDatabaseRestart({
    ...running,
    file,
    stopDatabase: outage.begin,
    startDatabase: outage.end,
  });
  return partOf(title, checks);
}

function notChecked(title: string, why: string): ConformancePart {
  return { title, checkCount: 0, failures: [], notChecked: why };
}

function partOf(title: string, checks: readonly CheckResult[]): ConformancePart {
  const failures = checks.filter(({ passed }) => !passed).map(({ name, detail }) => `${name}: ${detail}`);
  return { title, checkCount: checks.length, failures, notChecked: null };
}

function failureText({ file, vector, step, expected, got }: VectorFailure): string {
  return `${file}: ${vector}: step ${step}: expected ${expected}, got ${got}`;
}
