import type { RunResult } from '../model/run-result.ts';
import type { Warning } from '../model/warning.ts';
import { countOf } from './format.ts';
import type { Group } from './group.ts';

/** A warning with everything it is about; said once, however many trials carry it. `message` is the first one's. */
export interface CollectedWarning extends Warning {
  /** Implementations, most often; empty: the run as a whole. */
  readonly about: readonly string[];
  /** How many different messages of this code stand behind the first. */
  readonly othersCount: number;
}

/** Below this many cores target, generator and database share them. */
const leastSeparateCoreCount = 4;

/** Every doubt about the run: its own, its trials', and those that only the report can see. */
export function collectWarnings(live: RunResult, groups: readonly Group[]): CollectedWarning[] {
  const ofRun = [...derived(live), ...live.warnings, ...leftOutWarnings(groups)];
  const ofTrials = live.trials.flatMap((trial) =>
    trial.warnings.map((warning) => ({ warning, about: trial.spec.implementation })),
  );
  const byCode = Map.groupBy(ofTrials, ({ warning }) => warning.code);
  return [
    ...[...new Map(ofRun.map((warning) => [warning.message, warning])).values()].map((warning) => ({
      ...warning,
      about: [],
      othersCount: 0,
    })),
    ...[...byCode.values()].flatMap((same) => collected(same)),
  ];
}

/** Trials' warnings of one code: their numbers differ, their meaning does not. */
function collected(same: readonly { readonly warning: Warning; readonly about: string }[]): CollectedWarning[] {
  const [first] = same;
  if (first === undefined) return [];
  const othersCount = new Set(same.map(({ warning }) => warning.message)).size - 1;
  return [{ ...first.warning, about: [...new Set(same.map(({ about }) => about))], othersCount }];
}

/** The whole warning as sentences. */
export function warningText({ message, advice, othersCount }: CollectedWarning): string {
  const others = othersCount > 0 ? ` (and ${othersCount} more like it)` : '';
  return `${sentence(`${message.replace(/\.$/, '')}${others}`)}${advice === null ? '' : ` ${sentence(advice)}`}`;
}

/** With a capital in front, unless that is a name, and a full stop behind. */
export function sentence(text: string): string {
  const first = /^[a-z]+[ ,]/.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

function derived(live: RunResult): Warning[] {
  return [...unfinished(live), ...sharedCores(live)];
}

function unfinished(live: RunResult): Warning[] {
  if (live.state === 'complete') return [];
  const why = live.state === 'interrupted' ? 'was interrupted' : 'had not ended, or was cut off,';
  const message = `The run ${why} after ${doneText(live)}.`;
  return [{ code: 'run-not-complete', message, advice: `Run it again: ${live.command}` }];
}

function doneText({ trials, primitives, ...planned }: RunResult): string {
  const { plannedTrialCount, plannedPrimitiveCount } = planned;
  const cases = `${primitives.length} of ${plannedPrimitiveCount} cases of primitives`;
  if (plannedTrialCount === 0 && plannedPrimitiveCount > 0) return cases;
  const done = `${trials.length} of ${countOf(plannedTrialCount, 'planned trial')}`;
  return plannedPrimitiveCount === 0 ? done : `${done} and ${cases}`;
}

function sharedCores(live: RunResult): Warning[] {
  const { coreCount } = live.machine;
  if (coreCount >= leastSeparateCoreCount || live.plannedTrialCount === 0) return [];
  const message = `${sharersText(live)} shared ${countOf(coreCount, 'core')}: nothing here says how a service scales over cores, and response times contain their waiting for each other.`;
  return [
    {
      code: 'shared-cores',
      message,
      advice: `A machine with ${leastSeparateCoreCount} cores or more keeps them apart.`,
    },
  ];
}

/** Who did something beside the service; where nothing was sent and there is no database, only what watches it. */
function sharersText({ trials, database }: RunResult): string {
  const generator = trials.some(({ spec }) => spec.profile.ratePerSec > 0) ? ['load generator'] : [];
  const others = [...generator, ...(database === null ? [] : ['database'])];
  const last = others.pop() ?? 'harness';
  return `${['Service', ...others].join(', ')} and ${last}`;
}

function leftOutWarnings(groups: readonly Group[]): Warning[] {
  const reasons = groups.flatMap((group) => group.cells.flatMap((cell) => cell.leftOut));
  return reasons.map((reason) => ({
    code: 'reference-left-out',
    message: `A recorded run is not shown: ${reason}`,
    advice: null,
  }));
}
