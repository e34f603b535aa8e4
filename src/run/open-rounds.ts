import { HarnessError } from '../model/harness-error.ts';
import type { OpenRounds, RunResult } from '../model/run-result.ts';
import type { Scenario, ScenarioEntry } from '../model/scenario.ts';
import type { TrialSpec } from '../model/trial.ts';
import { type PlanInput, plan, trialMs } from './plan.ts';

/** Fewer let a lucky spread end the rounds, and then the intervals do not hold as often as they say (`npm run ranking`). */
export const minRoundCount = 5;

/** As many as were simulated. */
export const maxRoundCount = 30;

/** A run whose rounds go on until its intervals are narrow. */
export interface OpenRoundsRequest extends Pick<OpenRounds, 'halfWidthRatio' | 'timeBudgetMs'> {
  /** null: not all that is asked can be ranked yet. */
  widestHalfWidth(result: RunResult): number | null;
  nowMs(): number;
}

/** What is asked as often as the scenario says, and what is asked in rounds that go on. */
export interface OpenPlan {
  readonly fixed: readonly TrialSpec[];
  /** Each holds every question once, asked of every implementation. */
  readonly rounds: readonly (readonly TrialSpec[])[];
  /** Places in the scenario of the entries that the rounds ask. */
  readonly openEntries: readonly number[];
}

/** Rounds go over all questions that several implementations are sent requests for: only these have intervals of CPU per request. */
export function planOpenRounds(input: PlanInput): OpenPlan {
  const { entries } = input.scenario;
  const openEntries = entries.flatMap((entry, index) => (isRanked(entry, input) ? [index] : []));
  const isOpen = (index: number) => openEntries.includes(index);
  const fixed = planOf(
    input,
    entries.filter((_, index) => !isOpen(index)),
  );
  const open = planOf(
    input,
    entries.filter((_, index) => isOpen(index)).map((entry) => ({ ...entry, trialCount: maxRoundCount })),
  );
  const inRounds = open
    .toSorted((a, b) => a.repetition - b.repetition)
    .map((spec, index) => ({ ...spec, position: fixed.length + index }));
  return { fixed, rounds: [...Map.groupBy(inRounds, ({ repetition }) => repetition).values()], openEntries };
}

function planOf(input: PlanInput, entries: readonly ScenarioEntry[]): TrialSpec[] {
  return plan({ ...input, scenario: { ...input.scenario, entries: [...entries] } });
}

function isRanked(entry: ScenarioEntry, input: PlanInput): boolean {
  const specs = planOf(input, [{ ...entry, trialCount: 1 }]).filter(({ loadPlan }) => loadPlan.ratePerSec > 0);
  const names = new Set(specs.map(({ implementation }) => implementation));
  return entry.cluster?.searchesSize !== true && names.size > 1;
}

/** Throws HarnessError usage where the rounds could never end as asked. */
export function assertCanNarrow({ rounds }: OpenPlan, { implementations }: PlanInput, timeBudgetMs: number): void {
  if (rounds.length === 0) {
    const [only, ...others] = implementations;
    const lack =
      only !== undefined && others.length === 0
        ? `${only.id} alone is measured`
        : 'nothing is measured that sends requests to several implementations of a service';
    throw new HarnessError(
      'usage',
      `--until needs two implementations to compare by CPU per request, and ${lack}`,
      'leave --until away, or measure several implementations under load, as `run quick`',
    );
  }
  const leastMs = rounds
    .slice(0, minRoundCount)
    .flat()
    .map(trialMs)
    .reduce((sum, one) => sum + one, 0);
  if (leastMs <= timeBudgetMs) return;
  throw new HarnessError(
    'usage',
    `${minRoundCount} rounds, the fewest that --until ends after, take about ${Math.ceil(leastMs / 60_000)} min, and --time-budget is ${Math.round(timeBudgetMs / 1000)} s`,
    `give --time-budget ${Math.ceil(leastMs / 60_000)}m or more, or ask less with --impl or --rate`,
  );
}

export interface RoundState {
  readonly roundCount: number;
  /** null: not all can be ranked yet. */
  readonly halfWidthRatio: number | null;
  readonly askedRatio: number;
  /** null: another round follows. */
  readonly reason: NonNullable<OpenRounds['ended']>['reason'] | null;
}

/** The rounds as they are made. */
interface RoundCounter {
  begin(spec: TrialSpec): void;
  /** What the round has come to that ends with this trial; null in the midst of one. */
  completedBy(spec: TrialSpec, result: RunResult): RoundState | null;
}

export function countRounds({ fixed, rounds }: OpenPlan, request: OpenRoundsRequest): RoundCounter {
  let startedMs: number | null = null;
  return {
    begin({ position }) {
      if (position >= fixed.length) startedMs ??= request.nowMs();
    },
    completedBy({ position }, result) {
      const roundCount = 1 + rounds.findIndex((round) => round.at(-1)?.position === position);
      if (roundCount === 0) return null;
      const halfWidthRatio = request.widestHalfWidth(result);
      const elapsedMs = request.nowMs() - (startedMs ?? request.nowMs());
      const reason = endOf({ roundCount, halfWidthRatio, elapsedMs }, request);
      return { roundCount, halfWidthRatio, askedRatio: request.halfWidthRatio, reason };
    },
  };
}

interface RoundFacts extends Pick<RoundState, 'roundCount' | 'halfWidthRatio'> {
  readonly elapsedMs: number;
}

/** By the width alone, never by what the intervals say; and no round is begun that, as long as the others, would outlast the budget. */
function endOf({ roundCount, halfWidthRatio, elapsedMs }: RoundFacts, asked: OpenRoundsRequest): RoundState['reason'] {
  const isNarrow = halfWidthRatio !== null && halfWidthRatio <= asked.halfWidthRatio;
  if (roundCount >= minRoundCount && isNarrow) return 'half-width';
  if (roundCount >= maxRoundCount) return 'round-count';
  return (elapsedMs * (roundCount + 1)) / roundCount > asked.timeBudgetMs ? 'time-budget' : null;
}

/** The scenario with so many rounds of what is open. */
export function withRoundCount(scenario: Scenario, { openEntries }: OpenPlan, roundCount: number): Scenario {
  return {
    ...scenario,
    entries: scenario.entries.map((entry, index) =>
      openEntries.includes(index) ? { ...entry, trialCount: roundCount } : entry,
    ),
  };
}
