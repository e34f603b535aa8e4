/*
 * Records what decides how `quick` measures: fresh processes of several implementations, by turns.
 * `npm run record -- trials --impl a,b,c [--rate 100,400] [--warm-up 1000,4000] [--warm-up-rate 500] [--window 7]`: ordinary trials,
 * each setting in each round. `npm run record -- slices --impl a,b,c [--rate 100] [--warm-up 4000] [--slice 1] [--slices 8] [--alone 2]
 * [--gap 0.05] [--rest 1] [--stretch 6]`: all started at one time, driven by turns, `--alone` further slices with the others frozen, and
 * at last each for an unbroken stretch, for comparison. Both:
 * `[--rounds 40] [--minutes 10] [--name NAME] [--plan]`. Says how long it will take, and begins no round that would outlast the minutes;
 * `--plan` only says it. The same command goes on where it ended; `npm run resolution` reads the files.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { HarnessError } from '../../src/model/harness-error.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import type { TrialSpec } from '../../src/model/trial.ts';
import { abortOnSignals } from '../../src/os/interruption.ts';
import { describeMachine } from '../../src/probe/machine.ts';
import { checkoutProject, loadService, loadWorkload, selectImplementations } from '../../src/run/declarations.ts';
import { currentCommit } from '../../src/run/initial-result.ts';
import { cacheDir, recordingsDir, rootDir } from '../../src/run/paths.ts';
import { checkCandidates, nothingMeasured, prepareAll } from '../../src/run/prepare.ts';
import type { PreparedImplementation, PreparedSet } from '../../src/run/prepared-implementation.ts';
import { locateAll } from '../../src/run/project.ts';
import { withSession } from '../../src/run/session/session.ts';
import { createTrialRunner } from '../../src/run/trial/create-environment.ts';
import { createRandom } from '../../src/stats/random.ts';
import { reported } from './arguments.ts';
import type { RecordContext, TrialSetting } from './context.ts';
import { planText, type RecordPlan, sliceRoundMs, trialRoundMs } from './record-plan.ts';
import { recordSliceRound, type SliceSetting } from './record-slices.ts';
import { recordTrialRound } from './record-trials.ts';
import { type Header, openRecording, type RecordingWriter, type ResolutionRecording } from './recording.ts';

type Request =
  | { readonly mode: 'trials'; readonly settings: readonly TrialSetting[] }
  | { readonly mode: 'slices'; readonly setting: SliceSetting };

const usage = `usage: npm run record -- trials|slices --impl A,B,… [--rate 100] [--warm-up 4000] [--warm-up-rate 500] [--rounds 40]
  [--minutes 10] [--workload history] [--name NAME] [--plan]
  trials: [--window 7], lists at --rate and --warm-up; slices: [--slice 1] [--slices 8] [--alone 2] [--gap 0.05] [--rest 1] [--stretch 6]`;
const maxBytes = 4 * 2 ** 20;
const workerCount = 2;
const databaseConnectionCount = 8;
const seed = 20_260_101;
const idleMs = 1_000;

await reported(main);

async function main(): Promise<void> {
  const { mode, options } = readArguments();
  const request = requestOf(mode, options);
  const signal = abortOnSignals();
  const onStep = (text: string) => process.stderr.write(`${text}\n`);
  const service = await loadService('crud');
  const workload = await loadWorkload('crud', options.workload);
  const located = selectImplementations(
    await locateAll(checkoutProject, []),
    await checkoutProject.loadScenario('smoke'),
    { globs: options.impl.split(','), runtimes: [], variants: null },
  );
  const asked = located.map(({ implementation }) => implementation.id);
  const machine = describeMachine();
  const header = headerOf(request, options.workload, asked, machine);
  const writer = await openRecording(pathOf(options, machine.id, mode), header);
  onStep(planText(recordPlan(request, options, asked, writer.recording)));
  if (options.isPlanOnly) return;
  const candidates = await checkCandidates(located, { cacheDir: cacheDir(process.env), env: process.env });
  await withSession({ signal, env: process.env, probe: null, onStep }, async (session) => {
    const declared = {
      services: new Map([['crud', service]]),
      workloads: new Map([[`crud/${options.workload}`, workload]]),
    };
    const places = { rootDir, cacheDir: session.cacheDir, ...declared, seed };
    const prepared = await prepareAll(session, candidates, places, { onStep, onPrepared: () => {} });
    const ids = asked.filter((id) => prepared.byId.has(id));
    if (ids.length < asked.length)
      throw nothingMeasured(prepared.preparations.filter(({ manifest }) => !prepared.byId.has(manifest.id)));
    const runner = createTrialRunner(session, declared, { onPhase() {} });
    const preparedOf = (id: string) => prepared.byId.get(id) as PreparedImplementation;
    await recordRounds(request, writer, prepared, {
      ...{ ids, session, service, workload, preparedOf, onStep, random: createRandom(Date.now()) },
      specOf: (id, setting) => specOf(id, { service, workload }, setting),
      runTrial: (spec) => runner(spec, preparedOf(spec.implementation)),
      plan: recordPlan(request, options, ids, writer.recording),
    });
  });
}

function recordPlan(
  request: Request,
  { rounds: roundCount, minutes }: Pick<Options, 'rounds' | 'minutes'>,
  ids: readonly string[],
  { trials, rounds }: ResolutionRecording,
): RecordPlan {
  const doneCount = new Set([...trials, ...rounds].map(({ round }) => round)).size;
  const roundMs =
    request.mode === 'slices'
      ? sliceRoundMs(request.setting, ids.length)
      : trialRoundMs(request.settings, { implementationCount: ids.length, idleMs });
  return { doneCount, roundCount, minutes, roundMs };
}

type Options = ReturnType<typeof readArguments>['options'];

function readArguments() {
  const { values, positionals } = asUsage(() =>
    parseArgs({
      allowPositionals: true,
      options: {
        impl: { type: 'string' },
        rate: { type: 'string', default: '100' },
        'warm-up': { type: 'string', default: '4000' },
        'warm-up-rate': { type: 'string', default: '500' },
        window: { type: 'string', default: '7' },
        slice: { type: 'string', default: '1' },
        slices: { type: 'string', default: '8' },
        alone: { type: 'string', default: '2' },
        gap: { type: 'string', default: '0.05' },
        rest: { type: 'string', default: '1' },
        stretch: { type: 'string', default: '6' },
        rounds: { type: 'string', default: '40' },
        minutes: { type: 'string', default: '10' },
        workload: { type: 'string', default: 'history' },
        name: { type: 'string' },
        plan: { type: 'boolean', default: false },
      },
    }),
  );
  const [mode] = positionals;
  if ((mode !== 'trials' && mode !== 'slices') || values.impl === undefined)
    throw usageError('a mode and --impl are needed');
  const options = {
    ...{ impl: values.impl, workload: values.workload, name: values.name ?? null },
    rates: numbers('--rate', values.rate, 1),
    warmupCounts: numbers('--warm-up', values['warm-up'], 0),
    warmupRatePerSec: number('--warm-up-rate', values['warm-up-rate'], 1),
    windowMs: 1000 * number('--window', values.window, 1),
    sliceMs: 1000 * number('--slice', values.slice, 0.1),
    sliceCount: number('--slices', values.slices, 1),
    aloneCount: number('--alone', values.alone, 0),
    gapMs: 1000 * number('--gap', values.gap, 0),
    restMs: 1000 * number('--rest', values.rest, 0.1),
    stretchMs: 1000 * number('--stretch', values.stretch, 0),
    rounds: number('--rounds', values.rounds, 1),
    minutes: number('--minutes', values.minutes, 0.01),
    isPlanOnly: values.plan,
  };
  return { mode, options } as const;
}

function number(flag: string, text: string, least: number): number {
  const [value = Number.NaN, ...others] = numbers(flag, text, least);
  if (others.length > 0) throw usageError(`${flag} takes one number here, not "${text}"`);
  return value;
}

function numbers(flag: string, text: string, least: number): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (values.every((value) => Number.isFinite(value) && value >= least)) return values;
  throw usageError(`${flag} "${text}": numbers from ${least} are needed`);
}

function usageError(message: string): HarnessError {
  return new HarnessError('usage', message, usage);
}

function asUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw usageError((error as Error).message);
  }
}

function requestOf(mode: 'trials' | 'slices', options: Options): Request {
  const { rates, warmupCounts, warmupRatePerSec, windowMs } = options;
  const settings = rates.flatMap((ratePerSec) =>
    warmupCounts.map((warmupCount) => ({ ratePerSec, warmupCount, warmupRatePerSec, windowMs })),
  );
  if (mode === 'trials') return { mode, settings };
  const [setting, ...others] = settings;
  if (setting === undefined || others.length > 0) throw usageError('slices take one --rate and one --warm-up');
  const { sliceMs, sliceCount, aloneCount, gapMs, stretchMs, restMs } = options;
  const { windowMs: _, ...common } = setting;
  return { mode, setting: { ...common, sliceMs, sliceCount, aloneCount, gapMs, stretchMs, restMs } };
}

function headerOf(
  request: Request,
  workload: string,
  implementations: string[],
  machine: RunResult['machine'],
): Header {
  const parameters =
    request.mode === 'slices'
      ? { ...request.setting }
      : {
          rates: [...new Set(request.settings.map(({ ratePerSec }) => ratePerSec))],
          warmupCounts: [...new Set(request.settings.map(({ warmupCount }) => warmupCount))],
          warmupRatePerSec: request.settings[0]?.warmupRatePerSec ?? 0,
          windowMs: request.settings[0]?.windowMs ?? 0,
        };
  return { kind: 'header', formatVersion: 1, mode: request.mode, workload, implementations, parameters, machine };
}

function pathOf({ name, rates, warmupCounts }: Options, machineId: string, mode: string): string {
  const file = name ?? `${mode}-${rates.join('+')}-${warmupCounts.join('+')}`;
  if (!/^[\w+.-]+$/.test(file)) throw usageError(`--name "${file}": letters, digits, "-", "+", "_" and "."`);
  return join(recordingsDir, machineId, `${file}.jsonl.gz`);
}

function specOf(
  implementation: string,
  { service, workload }: Pick<RecordContext, 'service' | 'workload'>,
  setting: TrialSetting,
): TrialSpec {
  const { windowMs: measureMs, ...rates } = setting;
  return {
    ...{ implementation, service: 'crud', contractVersion: service.contractVersion },
    ...{ workload: workload.id, workloadVersion: workload.version },
    ...{ temperature: setting.warmupCount === 0 ? 'cold' : 'warm', repetition: 1, attempt: 1, position: 0, pair: null },
    ...{ workerCount, databaseConnectionCount, resourceLimit: null, idleMs, cluster: null },
    loadPlan: {
      ...{ arrivals: 'constant', steps: null, ...rates, measureMs, drainMs: 2_000, timeoutMs: 5_000, seed },
      ...{ maxInFlightCount: 256, connectionCount: 32 },
    },
  };
}

async function recordRounds(
  request: Request,
  writer: RecordingWriter,
  { byId }: PreparedSet,
  context: RecordContext & { readonly plan: RecordPlan },
): Promise<void> {
  const { onStep, plan } = context;
  const { doneCount, roundCount, minutes, roundMs } = plan;
  const { sessions, path } = writer.recording;
  const endMs = performance.now() + minutes * 60_000;
  const commit = await currentCommit(checkoutProject);
  const session = sessions.length;
  const opening = {
    ...({ kind: 'session', startedAt: new Date().toISOString() } as const),
    commit: commit === null ? 'none' : `${commit.sha}${commit.dirty ? '+' : ''}`,
    sourceHashes: Object.fromEntries([...byId].map(([id, { sourceHash }]) => [id, sourceHash])),
  };
  let isOpen = false;
  for (let round = doneCount; round < roundCount; round += 1) {
    const lines =
      request.mode === 'slices'
        ? [await recordSliceRound(request.setting, { session, round }, context)]
        : await recordTrialRound(request.settings, { session, round }, context);
    await writer.add(isOpen ? lines : [opening, ...lines]);
    isOpen = true;
    if (writer.sizeBytes > maxBytes)
      return onStep(`${path} has reached its cap of ${maxBytes / 2 ** 20} MiB: recording ends`);
    if (performance.now() + roundMs > endMs && round + 1 < roundCount) {
      return onStep(`${round + 1} of ${roundCount} rounds are in ${path}; the same command goes on`);
    }
  }
  onStep(`${roundCount} rounds are in ${path}`);
}
