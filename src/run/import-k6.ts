import { measuredLoadOf } from '../k6/measured-load.ts';
import type { MergedLoad } from '../k6/merge.ts';
import { HarnessError } from '../model/harness-error.ts';
import type { Implementation } from '../model/implementation.ts';
import type { MeasuredLoad } from '../model/load-result.ts';
import { asDeclared, type Machine, type RunResult, schemaVersion } from '../model/run-result.ts';
import type { ScenarioEntry } from '../model/scenario.ts';
import type { Measurement, Trial, TrialSpec } from '../model/trial.ts';
import { unknownName } from '../model/unknown-name.ts';
import type { Warning } from '../model/warning.ts';
import { median } from '../stats/descriptive.ts';
import { currentCommit, packageVersion } from './initial-result.ts';
import { locateAll, type Project } from './project.ts';
import { classifyTrial } from './trial/classify-trial.ts';

/** What a sampler beside the target saw in the window. */
interface SampledWindow {
  readonly userMs: number;
  readonly systemMs: number;
  readonly samples: Measurement['samples'];
  readonly peakPrivateBytes: number | null;
  readonly probe: NonNullable<Measurement['probe']>;
  /** The target's clock minus the generators', as it was given. */
  readonly clockOffsetMs: number;
}

interface ImportRequest {
  /** null: the only implementation of the service. */
  readonly implementation: string | null;
  readonly command: string;
  readonly machine: Machine;
  /** null: nobody looked at the target. */
  readonly sampled: SampledWindow | null;
}

/** A load of k6 that was sent elsewhere, as a result of one trial. Throws HarnessError usage where the target has no name in this project. */
export async function importedResult(load: MergedLoad, request: ImportRequest, project: Project): Promise<RunResult> {
  const { plan, startedAtMs } = load;
  if (startedAtMs === null)
    throw new HarnessError(
      'usage',
      'the load sent nothing: there is no trial to keep',
      'see the log of k6, and run it again',
    );
  const manifest = await namedImplementation(plan.service, request.implementation, project);
  const spec = specOf(load, manifest.id);
  const startedAt = new Date(startedAtMs).toISOString();
  const trial = trialOf(load, spec, startedAt, request.sampled);
  const { seed, workload, service, workloadVersion, description } = plan;
  return {
    ...{ schemaVersion, runId: crypto.randomUUID(), state: 'complete', startedAt },
    finishedAt: new Date(startedAtMs + plan.measureMs).toISOString(),
    command: request.command,
    commit: await currentCommit(project),
    machine: request.machine,
    versions: { node: process.versions.node, paceline: await packageVersion() },
    scenario: {
      ...{ id: 'imported', description: `${workload} at ${plan.ratePerSec}/s, sent by k6 and imported` },
      ...{ entries: [entryOf(spec)], includesOptional: false, primitives: null, idleMs: 0, seed },
      ...{ workerCount: spec.workerCount, databaseConnectionCount: spec.databaseConnectionCount },
    },
    ranking: asDeclared,
    workloads: [{ service, id: workload, version: workloadVersion, description }],
    database: null,
    implementations: [{ status: 'imported', manifest }],
    ...{ plannedTrialCount: 1, trials: [trial] },
    ...{ primitiveFacts: [], plannedPrimitiveCount: 0, primitives: [], profiles: [], warnings: [importedWarning] },
  };
}

const importedWarning: Warning = {
  code: 'imported',
  message: 'imported: the machine is the one that the import was made on, which need not be that of the target',
  advice: 'Compare it only with imports of the same set-up.',
};

async function namedImplementation(service: string, id: string | null, project: Project): Promise<Implementation> {
  const located = await locateAll(project, []);
  const own = located.map(({ implementation }) => implementation).filter((one) => one.service === service);
  const ids = own.map((one) => one.id);
  const [only, another] = own;
  if (id === null && only !== undefined && another === undefined) return only;
  if (only === undefined)
    throw new HarnessError(
      'usage',
      `${service} has no implementation here, and a trial is one of an implementation`,
      'leave --out out, or import where the target is declared: in the checkout or the folder of its config',
    );
  if (id === null)
    throw new HarnessError(
      'usage',
      `the target of this load has no name: ${service} has ${ids.length} implementations here`,
      `name it with --impl: ${ids.join(', ')}`,
    );
  const named = own.find((one) => one.id === id);
  if (named === undefined) throw unknownName('implementation', id, ids);
  return named;
}

function specOf({ plan }: MergedLoad, implementation: string): TrialSpec {
  const { service, workload, workloadVersion, contractVersion, ratePerSec, measureMs, timeoutMs, seed } = plan;
  const { warmupCount, warmupRatePerSec, virtualUserCount, workerCount, databaseConnectionCount } = plan;
  return {
    ...{ implementation, service, contractVersion, workload, workloadVersion },
    ...{ temperature: warmupCount > 0 ? 'warm' : 'cold', repetition: 1, attempt: 1, position: 0, pair: null },
    ...{ workerCount, databaseConnectionCount, resourceLimit: null, idleMs: 0, cluster: null },
    loadPlan: {
      ...{ arrivals: 'constant', ratePerSec, steps: null, warmupCount, warmupRatePerSec, measureMs, timeoutMs, seed },
      ...{ drainMs: timeoutMs + 1_000, maxInFlightCount: virtualUserCount, connectionCount: virtualUserCount },
    },
  };
}

function entryOf({ service, workload, temperature, loadPlan }: TrialSpec): ScenarioEntry {
  const { ratePerSec, seed: _, ...plan } = loadPlan;
  return { service, workload, ratesPerSec: [ratePerSec], temperature, trialCount: 1, cluster: null, loadPlan: plan };
}

function trialOf(merged: MergedLoad, spec: TrialSpec, startedAt: string, sampled: SampledWindow | null): Trial {
  const load = measuredLoadOf(merged, { version: merged.version, niceness: null, startedAtNs: 0 });
  const warnings: Warning[] =
    sampled === null
      ? []
      : [
          {
            code: 'clock-offset',
            message: `the target's samples were joined by time, with a clock offset of ${sampled.clockOffsetMs} ms as given`,
            advice: null,
          },
        ];
  return classifyTrial({ spec, startedAt, measurement: measurementOf(load, spec, sampled), warnings, targetLog: '' });
}

/** Of the target's start and end, and of its machine, nothing is known. */
function measurementOf(load: MeasuredLoad, { loadPlan }: TrialSpec, sampled: SampledWindow | null): Measurement {
  const windowMs = loadPlan.measureMs;
  return {
    ...{ load, cluster: null, windowMs },
    cpu: { target: sampled === null ? null : cpuOf(sampled, windowMs, load), generator: null, database: null },
    ...{ idleCpuMsPerSec: null, deferredCpuMs: null, memory: memoryOf(sampled) },
    processCount: sampled?.samples.at(-1)?.processCount ?? null,
    threadCount: sampled?.samples.at(-1)?.threadCount ?? null,
    counters: null,
    ...{ startupMs: null, stopMs: null, warmupConverged: null, warmupSentCount: loadPlan.warmupCount },
    noise: {
      ...{ targetRunDelayRatio: null, generatorRunDelayRatio: null, psiCpuSomeMs: null, psiIoFullMs: null },
      ...{ stealRatio: null, slowdownFactor: null, otherProcessesCpuRatio: null },
    },
    probe: sampled?.probe ?? null,
    samples: sampled?.samples ?? [],
  };
}

function cpuOf({ userMs, systemMs }: SampledWindow, windowMs: number, { counts }: MeasuredLoad) {
  const totalMs = userMs + systemMs;
  const perRequestMs = counts.sentCount === 0 ? null : totalMs / counts.sentCount;
  return { userMs, systemMs, totalMs, coresUsed: totalMs / windowMs, perRequestMs };
}

function memoryOf(sampled: SampledWindow | null): Measurement['memory'] {
  const known = (sampled?.samples ?? []).flatMap(({ anonBytes }) => anonBytes ?? []);
  return {
    ...{ idleBytes: null, medianBytes: known.length === 0 ? null : median(known), afterDrainBytes: null },
    peakBytes: sampled?.peakPrivateBytes ?? null,
    ...{ rssMedianBytes: null, peakIncludingFileBytes: null, anonHugePagesBytes: null, growth: null },
  };
}
