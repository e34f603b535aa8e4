import type { RunResult } from '../model/run-result.ts';
import type { Warning } from '../model/warning.ts';
import { countOf } from './format.ts';
import type { Group } from './group.ts';

/** A warning with everything it is about; said once, however many trials carry it. */
export interface CollectedWarning extends Warning {
  /** Implementations, most often; empty: the run as a whole. */
  readonly about: readonly string[];
  readonly count: number;
}

/** Below this many cores target, generator and database share them. */
const leastSeparateCoreCount = 4;

/** Every doubt about the run: its own, its trials', and those that only the report can see. */
export function collectWarnings(live: RunResult, groups: readonly Group[]): CollectedWarning[] {
  const ofRun = [...derived(live), ...live.warnings].map((warning) => ({ warning, about: null as string | null }));
  const ofTrials = live.trials.flatMap((trial) =>
    trial.warnings.map((warning) => ({ warning, about: trial.spec.implementation })),
  );
  const leftOut = leftOutWarnings(groups).map((warning) => ({ warning, about: null }));
  const same = Map.groupBy([...ofRun, ...leftOut, ...ofTrials], ({ warning }) => `${warning.code}\n${warning.message}`);
  return [...same.values()].flatMap((entries) => {
    const [first] = entries;
    const about = new Set(entries.map((entry) => entry.about).filter((id) => id !== null));
    return first === undefined ? [] : [{ ...first.warning, about: [...about], count: entries.length }];
  });
}

function derived(live: RunResult): Warning[] {
  return [...unfinished(live), ...sharedCores(live)];
}

function unfinished(live: RunResult): Warning[] {
  if (live.state === 'complete') return [];
  const why = live.state === 'interrupted' ? 'was interrupted' : 'had not ended, or was cut off,';
  const message = `The run ${why} after ${live.trials.length} of ${countOf(live.plannedTrialCount, 'planned trial')}.`;
  return [{ code: 'run-not-complete', message, advice: `Run it again: ${live.command}` }];
}

function sharedCores(live: RunResult): Warning[] {
  const { coreCount } = live.machine;
  if (coreCount >= leastSeparateCoreCount) return [];
  const message = `Service, load generator and database shared ${countOf(coreCount, 'core')}: nothing here says how a service scales over cores, and response times contain their waiting for each other.`;
  return [
    {
      code: 'shared-cores',
      message,
      advice: `A machine with ${leastSeparateCoreCount} cores or more keeps them apart.`,
    },
  ];
}

function leftOutWarnings(groups: readonly Group[]): Warning[] {
  const reasons = groups.flatMap((group) => group.cells.flatMap((cell) => cell.leftOut));
  return reasons.map((reason) => ({
    code: 'reference-left-out',
    message: `A recorded run is not shown: ${reason}`,
    advice: null,
  }));
}
