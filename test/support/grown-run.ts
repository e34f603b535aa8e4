import { clusterId, plannedQuestions, questionOf } from '../../src/model/cell-key.ts';
import type { RunResult } from '../../src/model/run-result.ts';
import type { Scenario } from '../../src/model/scenario.ts';
import type { Trial, TrialSpec } from '../../src/model/trial.ts';

/**
 * As large as a run of `scenario` would be: every trial that it plans, each a measured one of the same service, and the
 * primitives of a run of these. For questions of size alone: its figures mean nothing.
 */
export function grownRun(measured: RunResult, scenario: Scenario, primitives: RunResult): RunResult {
  const trials = scenario.entries.flatMap((entry) =>
    plannedQuestions({ entries: [entry] }).flatMap((question) => {
      const ofService = measured.trials.filter(({ spec }) => spec.service === question.service);
      const alike = ofService.filter(({ spec }) => clusterId(questionOf(spec).cluster) === clusterId(question.cluster));
      const { workload, temperature, ratePerSec } = question;
      return planned(alike.length > 0 ? alike : ofService, entry.trialCount, (spec) => ({
        ...spec,
        workload,
        temperature,
        loadPlan: { ...spec.loadPlan, ratePerSec },
      }));
    }),
  );
  const numbered = trials.map((trial, position) => ({ ...trial, spec: { ...trial.spec, position } }));
  const { primitives: cases, primitiveFacts, plannedPrimitiveCount } = primitives;
  return {
    ...measured,
    scenario: { ...measured.scenario, ...scenario },
    implementations: [...measured.implementations, ...primitives.implementations],
    trials: numbered,
    plannedTrialCount: trials.length,
    primitives: cases,
    primitiveFacts,
    plannedPrimitiveCount,
  };
}

/** The longest trials of each implementation, as often as is planned. */
function planned(trials: readonly Trial[], count: number, change: (spec: TrialSpec) => TrialSpec): Trial[] {
  return [...Map.groupBy(trials, ({ spec }) => spec.implementation).values()].flatMap((own) => {
    const longest = own.toSorted((a, b) => (b.measurement?.windowMs ?? 0) - (a.measurement?.windowMs ?? 0));
    return Array.from({ length: count }, (_, index) => {
      const trial = longest[index % longest.length] as Trial;
      return { ...trial, spec: { ...change(trial.spec), repetition: index + 1, attempt: 1 } };
    });
  });
}
