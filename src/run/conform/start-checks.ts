import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CheckResult, checkResult } from '../../conformance/checks/check-result.ts';
import { TrialFailure } from '../trial/observations.ts';
import { startInGroup, type TargetGroup } from '../trial/target-group.ts';
import { type ConformanceSubject, conformanceSize } from './subject.ts';

type Environment = Readonly<Record<string, string>>;

interface RejectedStart {
  readonly name: string;
  readonly environment: Environment;
  readonly exitCode: 2 | 3;
  /** What its line on standard error must say. */
  readonly expectedOutput: RegExp;
}

/** An invalid setting ends the program at once, with the variable's name: exit code 2. */
const invalidSettings: readonly (readonly [variable: string, value: string])[] = [
  ['CLUSTER_SIZE', '0'],
  ['CLUSTER_SIZE', 'three'],
  ['CLUSTER_SIZE', '1.5'],
  ['ELECTION_TIMEOUT_MIN_MS', '0'],
  ['ELECTION_TIMEOUT_MAX_MS', '149'],
  ['HEARTBEAT_MS', '150'],
  ['NETWORK_DELAY_US', '-1'],
  ['DURABILITY', 'perhaps'],
  ['REQUEST_TIMEOUT_MS', '0'],
  ['SEED', '-1'],
];

/**
 * Startup: invalid settings and folders that cannot be used are refused with their exit code and cause; one node and an even
 * number are fine; a torn log is cut to its last whole record and what was acknowledged before is still there.
 */
export async function checkStartup(subject: ConformanceSubject): Promise<readonly CheckResult[]> {
  const { preparedImplementation, session } = subject;
  const folder = await session.openDataFolder();
  try {
    const checks: CheckResult[] = [];
    const tooLarge = (preparedImplementation.located.implementation.limits.clusterSize ?? 0) + 1;
    const settings = [...invalidSettings, ['CLUSTER_SIZE', String(tooLarge)] as const];
    for (const [variable, value] of settings) {
      const environment = { DATA_DIR: folder.path, [variable]: value };
      const expectedOutput = new RegExp(variable === 'ELECTION_TIMEOUT_MAX_MS' ? 'ELECTION_TIMEOUT_M' : variable);
      checks.push(
        await checkRejected(subject, { name: `${variable}=${value}`, environment, exitCode: 2, expectedOutput }),
      );
    }
    for (const size of ['1', '4']) checks.push(await checkAccepted(subject, size, folder.path));
    checks.push(await checkRejected(subject, missingFolder(folder.path)));
    checks.push(...(await sharedFolder(subject)), ...(await tornLog(subject)), await foreignFile(subject));
    return checks;
  } finally {
    await folder.dispose();
  }
}

function missingFolder(path: string): RejectedStart {
  const environment = { DATA_DIR: join(path, 'not-there') };
  return { name: 'a DATA_DIR that is not there', environment, exitCode: 3, expectedOutput: /./ };
}

/** Starts it with the service's settings and these; `environment` names its DATA_DIR. */
function start(
  { preparedImplementation, service, seed, session }: ConformanceSubject,
  environment: Environment,
): Promise<TargetGroup> {
  const usual = service.environment({ ...conformanceSize, seed, cluster: null });
  const settings = { ...usual, ...environment };
  return startInGroup({
    preparedImplementation,
    environment: settings,
    databaseUrl: null,
    usesDataDir: false,
    limit: null,
    session,
  });
}

async function checkRejected(
  subject: ConformanceSubject,
  { name, environment, exitCode, expectedOutput }: RejectedStart,
) {
  const title = `${name} is refused with exit code ${exitCode} and its cause`;
  try {
    const started = await start(subject, environment);
    await started.dispose();
    return checkResult(title, false, 'it started');
  } catch (error) {
    if (!(error instanceof TrialFailure)) throw error;
    const isRight = error.message.endsWith(`exit code ${exitCode}`) && expectedOutput.test(error.logTail);
    return checkResult(title, isRight, `${error.message}; it said: ${error.logTail.trim()}`);
  }
}

async function checkAccepted(subject: ConformanceSubject, size: string, path: string): Promise<CheckResult> {
  const name = `CLUSTER_SIZE=${size} elects a leader`;
  return withStarted(subject, { DATA_DIR: path, CLUSTER_SIZE: size }, name, async () => [
    checkResult(name, true, 'it did'),
  ]).then(([check]) => check as CheckResult);
}

/** A start that should succeed; one that does not is a check that failed. */
async function withStarted(
  subject: ConformanceSubject,
  environment: Environment,
  name: string,
  check: (started: TargetGroup) => Promise<readonly CheckResult[]>,
): Promise<readonly CheckResult[]> {
  let started: TargetGroup;
  try {
    started = await start(subject, environment);
  } catch (error) {
    if (!(error instanceof TrialFailure)) throw error;
    return [checkResult(name, false, `${error.message}\n${error.logTail}`)];
  }
  try {
    return await check(started);
  } finally {
    await started.dispose();
  }
}

async function sharedFolder(subject: ConformanceSubject): Promise<readonly CheckResult[]> {
  const folder = await subject.session.openDataFolder();
  const environment = { DATA_DIR: folder.path };
  const name = 'a second cluster on one DATA_DIR';
  try {
    return await withStarted(subject, environment, name, async () => [
      await checkRejected(subject, { name, environment, exitCode: 3, expectedOutput: /in use/i }),
    ]);
  } finally {
    await folder.dispose();
  }
}

const tornRecord = Buffer.from([0xff, 0x00, 0x00, 0x00, 1, 2, 3]);

/** Half a record at the end of every log, as a killed machine leaves it. */
async function tornLog(subject: ConformanceSubject): Promise<readonly CheckResult[]> {
  const folder = await subject.session.openDataFolder();
  const environment = { DATA_DIR: folder.path };
  try {
    const written = await withStarted(subject, environment, 'a first start', async ({ target }) => {
      const answer = await patientFetch(`${target.baseUrl}/kv/torn`, { method: 'PUT', body: 'kept' });
      return [checkResult('a value is acknowledged', answer.status === 200, `status ${answer.status}`)];
    });
    const logs = (await readdir(folder.path)).filter((name) => name.endsWith('.log'));
    for (const log of logs) await appendFile(join(folder.path, log), tornRecord);
    const again = await withStarted(subject, environment, 'a start on torn logs', async ({ target }) => {
      const answer = await patientFetch(`${target.baseUrl}/kv/torn`);
      const text = await answer.text();
      return [
        checkResult('what was acknowledged survives a torn log', text === 'kept', `${answer.status} ${text}`),
        checkResult(
          'a torn log is reported with the bytes dropped',
          target.logTail().includes(`${tornRecord.length}`),
          target.logTail(),
        ),
      ];
    });
    return [...written, checkResult('every node has its log', logs.length === 3, logs.join(', ')), ...again];
  } finally {
    await folder.dispose();
  }
}

const patienceMs = 5_000;

/** The same again while the answer is the contract's "no leader" or "outcome unknown": a busy machine may cost any leader its office. */
async function patientFetch(url: string, init: RequestInit = {}): Promise<Response> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const answer = await fetch(url, init);
    if (![503, 504].includes(answer.status) || performance.now() > endMs) return answer;
    await answer.body?.cancel();
    await sleep(20);
  }
}

async function foreignFile(subject: ConformanceSubject): Promise<CheckResult> {
  const folder = await subject.session.openDataFolder();
  try {
    await writeFile(join(folder.path, 'node-1.log'), 'this is somebody else’s file');
    const environment = { DATA_DIR: folder.path };
    return await checkRejected(subject, {
      name: 'a log that is none',
      environment,
      exitCode: 3,
      expectedOutput: /node-1\.log/,
    });
  } finally {
    await folder.dispose();
  }
}
