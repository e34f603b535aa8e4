import { HarnessError } from '../model/harness-error.ts';
import type { Preparation } from '../model/run-result.ts';

/** Why a run has not a single trial to do: for each implementation its reason and its remedy. */
export function nothingMeasured(preparations: readonly Preparation[]): HarnessError {
  if (preparations.length === 0) return nobodyThere();
  const why = preparations.map((one) => `\n  ${one.manifest.id}: ${reasonOf(one).replaceAll('\n', '\n    ')}`).join('');
  const broken = preparations.some(({ status }) => status === 'ready');
  const isBuilt = !preparations.some((one) => one.status === 'failed' && one.code === 'build-failed');
  return new HarnessError(
    broken ? 'conformance-failed' : 'cannot-measure',
    `nothing could be measured:${why}`,
    remedyOf(broken, isBuilt),
  );
}

function remedyOf(broken: boolean, isBuilt: boolean): string {
  if (broken) return '`paceline conform` shows every check that fails';
  if (!isBuilt) return 'mend what the build says above, then run again';
  return '`paceline doctor` shows what this machine has and lacks';
}

function nobodyThere(): HarnessError {
  return new HarnessError(
    'cannot-measure',
    'no implementation of the scenario’s service is in impls/',
    'name the folder that holds one with --impls DIR (for known-answers: --impls test/fixtures/impls)',
  );
}

function reasonOf(preparation: Preparation): string {
  if (preparation.status === 'skipped') return `${preparation.reason}\nremedy: ${preparation.remedy}`;
  if (preparation.status === 'failed') return preparation.message;
  return 'conformance failed, as told above';
}
