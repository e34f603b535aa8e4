import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { HarnessError } from '../../model/harness-error.ts';
import type { Primitive, PrimitiveMeasurement, PrimitiveResult, PrimitiveSpec } from '../../model/primitive.ts';
import { pickFreePort } from '../../os/port.ts';
import { openProbe } from '../../probe/probe.ts';
import { parseRunnerLine, type Runner, type RunnerLine, startRunner } from '../../target/runner.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import type { Session } from '../session/session.ts';
import { type TrackedGroup, trackProcessGroup } from '../session/tracked-resources.ts';
import {
  assertMemoryCorrect,
  assertSameCase,
  assertTimeCorrect,
  enforceLimits,
  outOfMemory,
  PrimitiveFailure,
  PrimitiveUnsupported,
} from './case-checks.ts';
import { measureStarts, withStartLoop } from './start-timing.ts';

interface CaseOptions {
  readonly spec: PrimitiveSpec;
  readonly primitive: Primitive;
  readonly preparedImplementation: PreparedImplementation;
  readonly session: Session;
  readonly data: { readonly path: string; readonly sortedHash: string } | null;
}

const host = '127.0.0.1';

/** Measures one case in a fresh process. Whatever goes wrong with the runner is data; an interruption is thrown. */
export async function measurePrimitive(options: CaseOptions): Promise<PrimitiveResult> {
  const { spec, session } = options;
  const startedAt = new Date().toISOString();
  const log = { tail: () => '' };
  try {
    return { status: 'ok', spec, startedAt, measurement: await measureByKind(options, log) };
  } catch (error) {
    session.signal.throwIfAborted();
    if (error instanceof PrimitiveUnsupported) return { status: 'unsupported', spec, startedAt, reason: error.message };
    if (!(error instanceof PrimitiveFailure)) throw error;
    return { status: 'failed', spec, startedAt, code: error.code, message: error.message, logTail: log.tail() };
  }
}

/** What the runner has said last, for a failure's report. */
interface Log {
  tail: () => string;
}

function measureByKind(options: CaseOptions, log: Log): Promise<PrimitiveMeasurement> {
  return withRunner(options, log, (started) => {
    if (options.primitive.kind === 'memory') return measureMemory(options, started);
    return options.primitive.kind === 'start' ? measureStart(options, started) : measureTime(options, started);
  });
}

interface StartedRunner {
  readonly runner: Runner;
  readonly group: TrackedGroup['group'];
  readonly port: number;
  readonly startedMs: number;
}

async function withRunner<T>(options: CaseOptions, log: Log, use: (started: StartedRunner) => Promise<T>): Promise<T> {
  const { session, spec } = options;
  const tracked = await session.openGroup();
  const ends: (() => unknown)[] = [tracked.dispose];
  try {
    limitMemory(tracked.group, spec.plan.memoryLimitBytes);
    const port = await pickFreePort(host);
    const startedMs = performance.now();
    const runner = startCase(options, port, tracked.group, (end) => ends.unshift(end));
    ends.unshift(runner.kill);
    log.tail = runner.logTail;
    const limits = enforceLimits({
      probe: openProbe({ group: tracked.group, rootPid: runner.pid, force: session.probe }),
      group: tracked.group,
      memoryLimitBytes: spec.plan.memoryLimitBytes,
      timeLimitMs: timeLimitMs(spec),
      signal: session.signal,
    });
    ends.unshift(limits.end);
    return await Promise.race([use({ runner, group: tracked.group, port, startedMs }), limits.exceeded]);
  } catch (error) {
    throw asMemoryFailure(error, tracked.group, spec);
  } finally {
    for (const end of ends) await end();
  }
}

/** The kernel is quicker than `enforceLimits`: what it has killed looks like a runner that died. */
function asMemoryFailure(error: unknown, group: TrackedGroup['group'], { plan }: PrimitiveSpec): unknown {
  const died = error instanceof PrimitiveFailure && error.code === 'died';
  return died && (group?.memoryKillCount() ?? 0) > 0 ? outOfMemory(plan.memoryLimitBytes) : error;
}

/** Where the kernel cannot, `enforceLimits` polls; this one is quicker than ten readings a second. */
function limitMemory(group: TrackedGroup['group'], memoryBytes: number): void {
  try {
    group?.limit({ cpuCount: null, memoryBytes });
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
  }
}

function timeLimitMs({ plan }: PrimitiveSpec): number {
  return Math.max(60_000, 10 * plan.budgetMs);
}

function startCase(
  options: CaseOptions,
  port: number,
  group: TrackedGroup['group'],
  onEnd: (end: () => void) => void,
): Runner {
  const { preparedImplementation, session, primitive, spec } = options;
  const program = primitive.programs?.[spec.caseId];
  const starts = primitive.kind === 'start' && program !== undefined;
  try {
    const runner = startRunner({
      ...preparedImplementation,
      ...(starts
        ? { located: withStartLoop(preparedImplementation.located, program) }
        : program === undefined
          ? {}
          : { program }),
      env: environment(options),
      host,
      port,
      joinPaths: group?.joinPaths ?? [],
      signal: session.signal,
      onStarted: (pid) => onEnd(trackProcessGroup(session.cleanupRegistry, pid)),
      killAll: () => group?.kill(),
    });
    if (runner !== null) return runner;
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    throw new PrimitiveFailure('cannot-spawn', error.message);
  }
  throw new PrimitiveFailure('cannot-spawn', 'cannot start sh');
}

function environment({ spec, primitive, data }: CaseOptions): Record<string, string> {
  const { plan } = spec;
  return {
    PRIMITIVE: spec.primitive,
    VARIANT: spec.caseId,
    SIZE: String(spec.size ?? 0),
    SAMPLES: String(plan.sampleCount),
    SAMPLE_MS: String(plan.minSampleMs),
    WARMUP_MS: String(plan.warmupMs),
    BUDGET_MS: String(plan.budgetMs),
    SEED: String(spec.seed),
    DATA_FILE: primitive.usesData ? (data?.path ?? '') : '',
  };
}

async function measureTime(options: CaseOptions, { runner }: StartedRunner): Promise<PrimitiveMeasurement> {
  const line = await expectLine(runner, 'time');
  assertSameCase(line, options.spec);
  assertTimeCorrect(line, { sortedHash: options.primitive.usesData ? (options.data?.sortedHash ?? null) : null });
  await expectCleanExit(runner);
  const { type, primitive, variant, size, clockStepNs, ...timing } = line;
  return { kind: 'time', ...timing, clockResolutionNs: clockStepNs };
}

function measureStart({ spec, session }: CaseOptions, { runner, group }: StartedRunner): Promise<PrimitiveMeasurement> {
  return measureStarts(spec, runner, openProbe({ group, rootPid: runner.pid, force: session.probe }));
}

async function measureMemory(options: CaseOptions, started: StartedRunner): Promise<PrimitiveMeasurement> {
  const { session, spec, primitive } = options;
  const { runner, group, port, startedMs } = started;
  const ready = await expectLine(runner, 'ready');
  const readyMs = performance.now() - startedMs;
  const probe = openProbe({ group, rootPid: runner.pid, force: session.probe });
  await sleep(settleMs, undefined, { signal: session.signal });
  const reading = await probe.read();
  if (reading.anonBytes === null) throw new PrimitiveFailure('died', 'its memory could not be read');
  if (spec.caseId === 'http-server' && !(await answersGet(host, port)))
    throw new PrimitiveFailure('wrong-result', 'GET / did not answer 200');
  runner.send('go');
  const check = primitive.programs === null ? await memoryCheck(runner, spec, ready.doneCount) : null;
  await expectCleanExit(runner);
  return {
    kind: 'memory',
    privateBytes: reading.anonBytes,
    rssBytes: reading.rssBytes,
    osThreadCount: reading.threadCount,
    processCount: reading.processCount,
    probe: probe.memorySource,
    startupMs: readyMs,
    check,
  };
}

/** Pages that were freed while making the last unit are given back by then. */
const settleMs = 300;

async function memoryCheck(runner: Runner, spec: PrimitiveSpec, readyCount: number) {
  const line = await expectLine(runner, 'memory');
  assertSameCase(line, spec);
  assertMemoryCorrect(line.check, spec, readyCount);
  return line.check;
}

/** Throws what the runner said or did instead. */
async function expectLine<Type extends RunnerLine['type']>(
  runner: Runner,
  type: Type,
): Promise<Extract<RunnerLine, { type: Type }>> {
  const text = await runner.nextLine();
  if (text === null) throw new PrimitiveFailure('died', `ended before its result: ${await exitText(runner)}`);
  const line = parseRunnerLine(text);
  if (typeof line === 'string') throw new PrimitiveFailure('bad-output', line);
  if (line.type === 'unsupported') throw new PrimitiveUnsupported(line.reason);
  if (line.type === type) return line as Extract<RunnerLine, { type: Type }>;
  throw new PrimitiveFailure('bad-output', `a line "${line.type}" where "${type}" was due`);
}

async function expectCleanExit(runner: Runner): Promise<void> {
  const { exitCode } = await runner.ended;
  if (exitCode !== 0) throw new PrimitiveFailure('died', `gave its result, but then: ${await exitText(runner)}`);
}

async function exitText(runner: Runner): Promise<string> {
  const { exitCode, signal } = await runner.ended;
  return signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
}

/** Whether GET / answers 200 within two seconds. */
function answersGet(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const request = get({ host, port, path: '/', agent: false, timeout: 2_000 }, (response) => {
    response.resume();
    resolve(response.statusCode === 200);
  });
  request.once('timeout', () => request.destroy());
  request.once('error', () => resolve(false));
  return promise;
}
