import type { ProcessSample, Role, Trial, TrialSpec } from '../../src/model/trial.ts';
import { shuffled } from '../../src/stats/random.ts';
import type { RecordContext, TrialSetting } from './context.ts';
import { rounded, type TrialLine } from './recording.ts';

type Context = Pick<RecordContext, 'ids' | 'random' | 'specOf' | 'runTrial' | 'onStep'>;

/** Every implementation at every setting, once each, in a drawn order. */
export async function recordTrialRound(
  settings: readonly TrialSetting[],
  { session, round }: { readonly session: number; readonly round: number },
  { ids, random, specOf, runTrial, onStep }: Context,
): Promise<TrialLine[]> {
  const due = shuffled(
    settings.flatMap((setting) => ids.map((id) => ({ id, setting }))),
    random.below,
  );
  const lines: TrialLine[] = [];
  for (const [index, { id, setting }] of due.entries()) {
    onStep(`round ${round + 1}, trial ${index + 1} of ${due.length}: ${id} at ${setting.ratePerSec}/s`);
    const startedMs = performance.now();
    const trial = await runTrial(specOf(id, setting));
    lines.push(lineOf(trial, { session, round, wallMs: Math.round(performance.now() - startedMs) }));
  }
  return lines;
}

function lineOf(
  trial: Trial,
  place: { readonly session: number; readonly round: number; readonly wallMs: number },
): TrialLine {
  const { spec, measurement, status, startedAt } = trial;
  const samples = measurement?.samples ?? [];
  return {
    kind: 'trial',
    ...place,
    ...settingOf(spec),
    ...{ implementation: spec.implementation, status, startedAt },
    slowdownFactor: measurement?.noise.slowdownFactor ?? null,
    warmupConverged: measurement?.warmupConverged ?? null,
    responseP50Ms: measurement?.load?.responseTime.p50Ms ?? null,
    sentCount: measurement?.load?.counts.sentCount ?? 0,
    atMs: ofRole(samples, 'target').map(({ atMs }) => rounded(atMs)),
    targetMs: cpuOf(samples, 'target'),
    generatorMs: cpuOf(samples, 'generator'),
    databaseMs: cpuOf(samples, 'database'),
  };
}

function settingOf({ loadPlan }: TrialSpec) {
  const { ratePerSec, warmupCount, warmupRatePerSec } = loadPlan;
  return { ratePerSec, warmupCount, warmupRatePerSec };
}

function ofRole(samples: readonly ProcessSample[], role: Role): readonly ProcessSample[] {
  return samples.filter((sample) => sample.role === role);
}

function cpuOf(samples: readonly ProcessSample[], role: Role): number[] {
  const totals = ofRole(samples, role).map(({ cpuUserMs, cpuSystemMs }) => cpuUserMs + cpuSystemMs);
  return totals.map((total) => rounded(total - (totals[0] ?? 0)));
}
