import { dirname } from 'node:path';
import { aaRuns } from '../../ci/aa-runs.ts';
import { compareRuns } from '../../compare/compare-runs.ts';
import { applyConfirmation } from '../../compare/outcome.ts';
import { countOf, machineLabel } from '../../compare/text.ts';
import type { RunComparison } from '../../model/comparison.ts';
import type { GatePolicy } from '../../model/gate-policy.ts';
import type { RunResult } from '../../model/run-result.ts';
import type { SiteEntry, SiteVerdict } from '../../report/html/site-index.ts';
import { sourceName } from '../../report/tables/trend-table.ts';
import { runExitCode } from '../run-exit-code.ts';

/** A result and the file that it is in. */
export interface SiteRun {
  readonly path: string;
  readonly result: RunResult;
}

/** What `ci` measured together; `again` are its fresh pairs. */
export interface SitePair {
  readonly base: SiteRun;
  readonly head: SiteRun;
  readonly again: { readonly base: SiteRun; readonly head: SiteRun } | null;
}

const sidePattern = /^(ci|ci-again|aa)-(base|head)$/;

/** Both sides of each `ci`, with the fresh pairs that were made of the same commits after it. */
export function pairsOf(runs: readonly SiteRun[]): SitePair[] {
  const sides = runs.flatMap((run) => {
    const [, name, side] = sidePattern.exec(run.result.scenario.id) ?? [];
    const sessionId = run.result.trials.find(({ spec }) => spec.pair !== null)?.spec.pair?.sessionId;
    return name === undefined || sessionId === undefined ? [] : [{ run, name, side, sessionId }];
  });
  const found = [...Map.groupBy(sides, ({ sessionId, name }) => `${name} ${sessionId}`).values()].flatMap((own) => {
    const base = own.find(({ side }) => side === 'base');
    const head = own.find(({ side }) => side === 'head');
    return base === undefined || head === undefined ? [] : [{ name: base.name, base: base.run, head: head.run }];
  });
  const fresh = found.filter(({ name }) => name === 'ci-again');
  return found
    .filter(({ name }) => name !== 'ci-again')
    .map(({ name, base, head }) => {
      const later = found.filter((one) => one.name === 'ci' && startOf(one) > startOf({ base }));
      const until = later.map(startOf).sort()[0] ?? '9999';
      const again = fresh.find(
        (one) => areSameCommits(one, { base, head }) && startOf(one) > startOf({ base }) && startOf(one) < until,
      );
      return { base, head, again: name === 'ci' ? (again ?? null) : null };
    });
}

function startOf({ base }: Pick<SitePair, 'base'>): string {
  return base.result.startedAt;
}

type Sides = Pick<SitePair, 'base' | 'head'>;

function areSameCommits(a: Sides, b: Sides): boolean {
  const isSame = (one: SiteRun, other: SiteRun) =>
    one.result.commit?.sha === other.result.commit?.sha && one.result.machine.id === other.result.machine.id;
  return isSame(a.base, b.base) && isSame(a.head, b.head);
}

export async function comparePair({ base, head, again }: SitePair, policy: GatePolicy): Promise<RunComparison> {
  const specs = base.result.trials.map(({ spec }) => spec);
  const { noiseFloors } = isAA(head)
    ? { noiseFloors: new Map<string, number>() }
    : await aaRuns([dirname(base.path)], policy, specs);
  const options = { policy, minEffectRatio: null, noiseFloors, waivers: [], today: '' };
  const first = compareRuns(base.result, head.result, options);
  return again === null ? first : applyConfirmation(first, compareRuns(again.base.result, again.head.result, options));
}

export function isAA({ result }: SiteRun): boolean {
  return result.scenario.id.startsWith('aa-');
}

const outcomeVerdicts = {
  regression: { tone: 'bad', text: 'regression' },
  'no-regression': { tone: 'good', text: 'no regression' },
  undecidable: { tone: 'open', text: 'not decided' },
} as const satisfies Record<RunComparison['outcome']['kind'], SiteVerdict>;

export function pairVerdict({ head }: SitePair, { outcome }: RunComparison): SiteVerdict {
  const verdict = outcomeVerdicts[outcome.kind];
  return isAA(head) ? { ...verdict, text: `A/A: ${verdict.text}` } : verdict;
}

export function runVerdict(result: RunResult): SiteVerdict {
  const okCount = result.trials.filter(({ status }) => status === 'ok').length;
  const trials = `${okCount} of ${countOf(result.trials.length, 'trial')} ok`;
  if (result.state !== 'complete') return { tone: 'open', text: `${result.state}, ${trials}` };
  const exitCode = runExitCode(result);
  if (exitCode === 0) return { tone: 'good', text: result.trials.length === 0 ? 'ok' : trials };
  if (exitCode === 1) return { tone: 'bad', text: `wrong answers or a broken contract, ${trials}` };
  return { tone: 'open', text: `not all could be measured, ${trials}` };
}

export function describeRun({ result }: SiteRun): Omit<SiteEntry, 'links' | 'verdict' | 'what'> {
  const { startedAt, machine, commit } = result;
  return {
    startedAt,
    machine: machineLabel(machine),
    commit: commit === null ? '' : `${sourceName(result)}${commit.dirty ? ', with changes' : ''}`,
  };
}
