import { countOf } from '../../compare/text.ts';
import type { RunResult } from '../../model/run-result.ts';
import type { Warning } from '../../model/warning.ts';
import type { CollectedWarning, Group } from '../model.ts';

/** Below this many cores target, generator and database share them. */
const minSeparateCoreCount = 4;

/** Every doubt about the run: its own, its trials', and those that only the report can see. */
export function collectWarnings(live: RunResult, groups: readonly Group[]): CollectedWarning[] {
  const ofRun = [...runWarnings(live), ...live.warnings, ...excludedReferenceWarnings(groups)];
  const ofTrials = live.trials.flatMap((trial) =>
    trial.warnings.map((warning) => ({ warning, about: trial.spec.implementation })),
  );
  const byCode = Map.groupBy(ofTrials, ({ warning }) => warning.code);
  return [
    ...[...new Map(ofRun.map((warning) => [warning.message, warning])).values()].map((warning) => ({
      ...warning,
      implementations: [],
      similarCount: 0,
    })),
    ...[...byCode.values()].flatMap((same) => groupedWarning(same)),
  ];
}

/** Trials' warnings of one code: their numbers differ, their meaning does not. */
function groupedWarning(same: readonly { readonly warning: Warning; readonly about: string }[]): CollectedWarning[] {
  const [first] = same;
  if (first === undefined) return [];
  const similarCount = new Set(same.map(({ warning }) => warning.message)).size - 1;
  return [{ ...first.warning, implementations: [...new Set(same.map(({ about }) => about))], similarCount }];
}

function runWarnings(live: RunResult): Warning[] {
  return [...unfinishedWarnings(live), ...sharedCoreWarnings(live)];
}

function unfinishedWarnings(live: RunResult): Warning[] {
  if (live.state === 'complete') return [];
  const why = live.state === 'interrupted' ? 'was interrupted' : 'had not ended, or was cut off,';
  const message = `The run ${why} after ${progressText(live)}.`;
  return [{ code: 'run-not-complete', message, advice: `Run it again: ${live.command}` }];
}

function progressText({ trials, primitives, ...planned }: RunResult): string {
  const { plannedTrialCount, plannedPrimitiveCount } = planned;
  const cases = `${primitives.length} of ${plannedPrimitiveCount} cases of primitives`;
  if (plannedTrialCount === 0 && plannedPrimitiveCount > 0) return cases;
  const done = `${trials.length} of ${countOf(plannedTrialCount, 'planned trial')}`;
  return plannedPrimitiveCount === 0 ? done : `${done} and ${cases}`;
}

function sharedCoreWarnings(live: RunResult): Warning[] {
  const { coreCount } = live.machine;
  if (coreCount >= minSeparateCoreCount || live.plannedTrialCount === 0) return [];
  const message = `${coreSharers(live)} shared ${countOf(coreCount, 'core')}: nothing here says how a service scales over cores, and response times contain their waiting for each other.`;
  return [
    {
      code: 'shared-cores',
      message,
      advice: `A machine with ${minSeparateCoreCount} cores or more keeps them apart.`,
    },
  ];
}

/** Who did something beside the service; where nothing was sent and there is no database, only what watches it. */
function coreSharers({ trials, database }: RunResult): string {
  const generator = trials.some(({ spec }) => spec.loadPlan.ratePerSec > 0) ? ['load generator'] : [];
  const others = [...generator, ...(database === null ? [] : ['database'])];
  const last = others.pop() ?? 'harness';
  return `${['Service', ...others].join(', ')} and ${last}`;
}

function excludedReferenceWarnings(groups: readonly Group[]): Warning[] {
  const reasons = groups.flatMap((group) => group.questions.flatMap((cell) => cell.excludedReferences));
  return reasons.map((reason) => ({
    code: 'reference-excluded',
    message: `A recorded run is not shown: ${reason}`,
    advice: null,
  }));
}
