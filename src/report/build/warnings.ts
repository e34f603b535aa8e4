import { countOf } from '../../compare/text.ts';
import type { RunResult } from '../../model/run-result.ts';
import { madeTrialCount } from '../../model/trial.ts';
import type { Warning } from '../../model/warning.ts';
import type { CollectedWarning, Group } from '../model.ts';
import { groupByMessage } from './message-groups.ts';

/** Below this many cores target, generator and database share them. */
const minSeparateCoreCount = 4;

/** Every warning about the run: its own, its trials', and those that only the report can see. Each cause once. */
export function collectWarnings(live: RunResult, groups: readonly Group[]): CollectedWarning[] {
  const ofRun = [...runWarnings(live), ...live.warnings, ...excludedReferenceWarnings(groups)];
  const ofTrials = live.trials.flatMap(({ spec, warnings }) =>
    warnings.map((warning) => ({ ...warning, implementation: spec.implementation })),
  );
  return [
    ...groupByMessage(ofRun, ({ message }) => message).map(({ message, members }) => ({
      ...causeOf(members),
      message,
      implementations: [],
      trialCount: 0,
    })),
    ...groupByMessage(ofTrials, ({ message }) => message).map(({ message, members }) => ({
      ...causeOf(members),
      message,
      implementations: [...new Set(members.map(({ implementation }) => implementation))],
      trialCount: members.length,
    })),
  ];
}

function causeOf([first]: readonly Warning[]): Pick<Warning, 'code' | 'advice'> {
  return { code: first?.code ?? 'unknown', advice: first?.advice ?? null };
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
  const done = `${madeTrialCount(trials)} of ${countOf(plannedTrialCount, 'planned trial')}`;
  return plannedPrimitiveCount === 0 ? done : `${done} and ${cases}`;
}

function sharedCoreWarnings(live: RunResult): Warning[] {
  const { coreCount } = live.machine;
  if (coreCount >= minSeparateCoreCount || live.plannedTrialCount === 0) return [];
  const message = `${coreSharers(live)} shared ${countOf(coreCount, 'core')}: this run says nothing about scaling over cores, and response times include waiting for each other.`;
  return [
    {
      code: 'shared-cores',
      message,
      advice: `Use ${minSeparateCoreCount} or more cores to separate them.`,
    },
  ];
}

/** What ran beside the service: generator, database, or only the harness. */
function coreSharers({ trials, database }: RunResult): string {
  const generator = trials.some(({ spec }) => spec.loadPlan.ratePerSec > 0) ? ['load generator'] : [];
  const others = [...generator, ...(database === null ? [] : ['database'])];
  const last = others.pop() ?? 'harness';
  return `${['Service', ...others].join(', ')} and ${last}`;
}

function excludedReferenceWarnings(groups: readonly Group[]): Warning[] {
  const reasons = groups.flatMap((group) => group.questions.flatMap((question) => question.excludedReferences));
  return reasons.map((reason) => ({
    code: 'reference-excluded',
    message: `A recorded run is not shown: ${reason}`,
    advice: null,
  }));
}
