import { machineLabel } from '../compare/words.ts';
import type { RunResult } from '../model/run-result.ts';
import type { Trial } from '../model/trial.ts';
import { byCost, type CellKey, cellId, keyOf } from './cells.ts';
import type { Row, Source } from './model.ts';
import { rowOf } from './row.ts';
import type { Who } from './who.ts';

interface Recorded {
  readonly rows: readonly Row[];
  readonly leftOut: readonly string[];
}

interface Versions {
  readonly contract: number | null;
  readonly workload: number | null;
}

/** Recorded rows of the same question, under the same contract and workload version; what differs is left out and named. */
export function referencesOf(
  live: RunResult,
  references: readonly RunResult[],
  key: CellKey,
  who: ReadonlyMap<string, Who>,
): Recorded {
  const asked = references.filter((run) => run.trials.some((trial) => cellId(keyOf(trial)) === cellId(key)));
  const versions = versionsOf(live.trials, key);
  const judged = asked.map((run) => ({ run, objection: objectionTo(versionsOf(run.trials, key), versions) }));
  return {
    rows: judged.filter(({ objection }) => objection === null).flatMap(({ run }) => recordedRows(run, key, who)),
    leftOut: judged.flatMap(({ run, objection }) =>
      objection === null ? [] : [`${sourceOf(run).label}: ${objection}`],
    ),
  };
}

/** The contract version of the service and the version of the workload; null where no trial tells. */
function versionsOf(trials: readonly Trial[], key: CellKey): Versions {
  const ofService = trials.filter((trial) => trial.spec.service === key.service);
  const ofWorkload = ofService.find((trial) => trial.spec.workload === key.workload);
  return {
    contract: ofService[0]?.spec.contractVersion ?? null,
    workload: ofWorkload?.spec.workloadVersion ?? null,
  };
}

function objectionTo(recorded: Versions, here: Versions): string | null {
  if (here.contract === null || here.workload === null) return 'this run has no trial that tells its versions';
  if (recorded.contract !== here.contract) return `contract version ${recorded.contract}, here ${here.contract}`;
  if (recorded.workload !== here.workload) return `workload version ${recorded.workload}, here ${here.workload}`;
  return null;
}

function recordedRows(run: RunResult, key: CellKey, who: ReadonlyMap<string, Who>): Row[] {
  return run.implementations
    .filter((preparation) => preparation.manifest.service === key.service)
    .map((preparation) => rowOf(run, preparation, key, who, sourceOf(run)))
    .filter((row) => row.okCount > 0)
    .sort(byCost);
}

function sourceOf(run: RunResult): Source {
  const commit = run.commit === null ? '' : `, commit ${run.commit.sha.slice(0, 7)}`;
  const label = `${machineLabel(run.machine)}, recorded ${run.startedAt.slice(0, 10)}${commit}`;
  return { machineId: run.machine.id, label };
}
