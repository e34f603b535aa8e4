import type { RunReporter } from '../../src/run/reporter.ts';

/** Hears everything and says nothing. */
export const silentReporter: RunReporter = {
  onPlan() {},
  onStep() {},
  onPrepared() {},
  onTrialStart() {},
  onPhase() {},
  onTrialEnd() {},
  onRound() {},
  onPrimitiveStart() {},
  onPrimitiveEnd() {},
};
