import { sha256 } from 'k6/crypto';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter, Gauge, Trend } from 'k6/metrics';
import type {
  Acknowledged,
  Operation,
  Workload,
  WorkloadRequest,
  WorkloadResponse,
  WorkloadSession,
} from '../model/workload.ts';
import { enterIteration } from './iteration-random.ts';
import {
  acknowledgedNames,
  boundPlace,
  boundsMs,
  bucketName,
  droppedOfLoad,
  type ExactFigures,
  exactName,
  exactStats,
  histograms,
  type K6Plan,
  type Outcome,
  outcomeName,
  outcomes,
  plannedCount,
  wholeRate,
} from './plan.ts';

/**
 * The exported script's inside, run by k6. Request i of the test is the same whichever virtual user of whichever instance sends it,
 * and due at i ÷ rate after the scenario's start.
 */
export function createScript(workload: Workload, plan: K6Plan, source: string) {
  const hash = sourceHash(source);
  const target = (__ENV.TARGET ?? plan.target).replace(/\/+$/, '');
  const record = createRecorder(plan);
  let isFirst = true;
  const send = (request: WorkloadRequest) => sendTo(target, request, plan);
  // Opened before the test begins where nothing is asked first: it may take a tenth of a second in k6.
  let session = workload.setUp === undefined ? openSession(workload, plan, undefined) : null;
  const next = (setUp: unknown, iteration: number): Operation | null => {
    session ??= openSession(workload, plan, setUp);
    enterIteration(plan.firstIteration + iteration);
    return session.next();
  };
  return {
    options: optionsOf(plan, hash.actual),
    setup:
      workload.setUp === undefined ? undefined : () => workload.setUp?.(async (request) => responseOf(send(request))),
    warmUp(setUp: unknown): void {
      if (exec.scenario.iterationInTest >= plan.warmupCount) return;
      const operation = next(setUp, exec.scenario.iterationInTest + plannedCount(plan));
      if (operation === null) return;
      settle(operation, send(operation.request));
      record.warmedUp();
    },
    measure(setUp: unknown): void {
      const iteration = exec.scenario.iterationInTest;
      if (iteration >= plannedCount(plan)) return;
      const operation = next(setUp, iteration);
      if (operation === null) {
        record.unsent();
        return;
      }
      // Drawing and signing belong to the delay.
      const sendDelayMs = exec.scenario.progress * scenarioMs(plan.measureMs) - (1_000 * iteration) / plan.ratePerSec;
      const sentMs = exec.instance.currentTestRunDuration;
      const response = send(operation.request);
      const serviceMs = exec.instance.currentTestRunDuration - sentMs;
      if (isFirst) record.version(response);
      isFirst = false;
      record.request(operation.name, settle(operation, response), { sendDelayMs, serviceMs });
      if (session !== null) record.acknowledged(session.acknowledged());
    },
    handleSummary: (data: SummaryData) => summaryOf(data, { ...plan, target }, hash),
  };
}

function openSession(workload: Workload, { seed, ratePerSec, timeoutMs }: K6Plan, setUp: unknown): WorkloadSession {
  const nowNs = () => exec.instance.currentTestRunDuration * 1e6;
  return workload.open({ seed, ratePerSec, timeoutMs, nowNs, setUp, iteration: () => exec.scenario.iterationInTest });
}

/** k6 takes no scenario below a second: what it begins after the last request that is due sends nothing. */
function scenarioMs(lengthMs: number): number {
  return Math.max(1_000, lengthMs);
}

function optionsOf(plan: K6Plan, hash: string): object {
  const rate = (ratePerSec: number) => {
    const whole = wholeRate(ratePerSec);
    return { rate: whole?.rate, timeUnit: `${whole?.timeUnitSec}s` };
  };
  const common = {
    executor: 'constant-arrival-rate',
    preAllocatedVUs: plan.virtualUserCount,
    maxVUs: plan.virtualUserCount,
    gracefulStop: `${plan.timeoutMs + 1_000}ms`,
    tags: { workload: plan.workload, script: hash.slice(0, 12) },
  };
  const warmupMs =
    plan.warmupCount === 0 ? 0 : scenarioMs(Math.ceil((1_000 * plan.warmupCount) / plan.warmupRatePerSec));
  const warmUp = { ...common, ...rate(plan.warmupRatePerSec), exec: 'warmUp', duration: `${warmupMs}ms` };
  const startTime = warmupMs === 0 ? '0s' : `${warmupMs + plan.timeoutMs + 1_000}ms`;
  const load = {
    ...common,
    ...rate(plan.ratePerSec),
    exec: 'measure',
    duration: `${scenarioMs(plan.measureMs)}ms`,
    startTime,
  };
  return {
    scenarios: { ...(warmupMs === 0 ? {} : { warm_up: warmUp }), load },
    discardResponseBodies: plan.ignoresBodies,
    systemTags: ['scenario', 'status', 'error_code'],
    summaryTrendStats: exactStats,
    thresholds: { [droppedOfLoad]: ['count==0'], paceline_not_ok: ['count==0'] },
  };
}

function sendTo(target: string, request: WorkloadRequest, plan: K6Plan): Response {
  const { method, path, headers, body } = request;
  const bytes = body === null ? null : (body.slice().buffer as ArrayBuffer);
  return http.request(method, `${target}${path}`, bytes, {
    ...{ headers, redirects: 0, timeout: plan.timeoutMs },
    responseType: plan.ignoresBodies ? 'none' : 'binary',
  });
}

function responseOf({ status, headers, body }: Response): WorkloadResponse {
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    status,
    header: (name) => lower.get(name) ?? null,
    body: body instanceof ArrayBuffer ? new Uint8Array(body) : new Uint8Array(0),
  };
}

/** k6's code for "request timeout". */
const timedOutCode = 1050;

function settle(operation: Operation, response: Response): Outcome {
  if (response.status === 0) {
    operation.abandon();
    return response.error_code === timedOutCode ? 'timed_out' : 'failed';
  }
  return operation.check(responseOf(response)) === null ? 'ok' : 'wrong';
}

/** Counters alone: sums over instances are exact. */
function createRecorder({ operations }: K6Plan) {
  const buckets = histograms.map((one) => [...boundsMs, null].map((_, place) => new Counter(bucketName(one, place))));
  const counts = operations.map((_, place) =>
    Object.fromEntries(outcomes.map((outcome) => [outcome, new Counter(outcomeName(place, outcome))])),
  );
  const notOk = new Counter('paceline_not_ok');
  const startedAt = new Gauge('paceline_started_at_ms');
  const k6Version = new Gauge('paceline_k6_version');
  const warmedUp = new Counter('paceline_warmed_up');
  const exact = histograms.map((one) => new Trend(exactName(one), true));
  const acknowledged = Object.entries(acknowledgedNames).map(
    ([field, name]) => [field as keyof Acknowledged, new Counter(name)] as const,
  );
  const seen: Record<keyof Acknowledged, number> = { createdCount: 0, deletedCount: 0, uncertainCount: 0 };
  const count = (place: number, outcome: Outcome) => {
    counts[place]?.[outcome]?.add(1);
    if (outcome !== 'ok') notOk.add(1);
  };
  return {
    unsent: () => count(0, 'unsent'),
    warmedUp: () => warmedUp.add(1),
    version(response: Response) {
      const [, ...parts] = /k6\/(\d+)\.(\d+)\.(\d+)/.exec(response.request?.headers['User-Agent']?.[0] ?? '') ?? [];
      const [major = 0, minor = 0, patch = 0] = parts.map(Number);
      k6Version.add(1e6 * major + 1e3 * minor + patch);
    },
    request(name: string, outcome: Outcome, { sendDelayMs, serviceMs }: { sendDelayMs: number; serviceMs: number }) {
      count(Math.max(0, operations.indexOf(name)), outcome);
      startedAt.add(exec.scenario.startTime);
      if (outcome !== 'ok' && outcome !== 'timed_out') return;
      for (const [place, ms] of [sendDelayMs + serviceMs, serviceMs, sendDelayMs].entries()) {
        buckets[place]?.[boundPlace(ms)]?.add(1);
        exact[place]?.add(ms);
      }
    },
    /** Of this virtual user, so far. */
    acknowledged(now: Acknowledged) {
      for (const [field, counter] of acknowledged) {
        if (now[field] > seen[field]) counter.add(now[field] - seen[field]);
        seen[field] = now[field];
      }
    },
  };
}

type Response = ReturnType<typeof http.request>;

interface SummaryData {
  readonly metrics: Readonly<Record<string, { readonly values: Readonly<Record<string, number>> }>>;
}

interface SourceHash {
  readonly declared: string;
  readonly actual: string;
}

/** The first line says the hash of the others: whoever changes the script by hand changes what is measured. */
function sourceHash(source: string): SourceHash {
  const end = source.indexOf('\n');
  return { declared: source.slice(0, end).split(' ').at(-1) ?? '', actual: sha256(source.slice(end + 1), 'hex') };
}

/** One line for the log of a pod, and the same as a file where SUMMARY names one. */
function summaryOf({ metrics }: SummaryData, plan: K6Plan, script: SourceHash): Record<string, string> {
  const exactNames = histograms.map(exactName);
  const own = Object.entries(metrics).filter(([name]) => name.startsWith('paceline_') && !exactNames.includes(name));
  const counts = {
    ...Object.fromEntries(own.map(([name, { values }]) => [name, values.count ?? values.value ?? 0])),
    dropped_iterations: metrics[droppedOfLoad]?.values.count ?? 0,
  };
  const segment = exec.test.options.executionSegment ?? '0:1';
  const exact = Object.fromEntries(
    histograms.flatMap((one) => {
      const values = metrics[exactName(one)]?.values as ExactFigures | undefined;
      return values === undefined ? [] : [[one, values]];
    }),
  );
  const text = JSON.stringify({ format: 'paceline-k6', version: 1, script, plan, segment, boundsMs, counts, exact });
  const file = __ENV.SUMMARY === undefined ? {} : { [__ENV.SUMMARY]: `${text}\n` };
  return { stdout: `${text}\n`, ...file };
}
