import type { Service } from '../../src/model/service.ts';
import type { Trial, TrialSpec } from '../../src/model/trial.ts';
import type { PreparedImplementation } from '../../src/run/prepared-implementation.ts';
import type { DeclaredWorkload } from '../../src/run/project.ts';
import type { Session } from '../../src/run/session/session.ts';
import type { Random } from '../../src/stats/random.ts';

/** A way to drive a trial. */
export interface TrialSetting {
  readonly ratePerSec: number;
  readonly warmupCount: number;
  readonly warmupRatePerSec: number;
  readonly windowMs: number;
}

/** What a round needs of the command around it. */
export interface RecordContext {
  readonly ids: readonly string[];
  readonly session: Session;
  readonly service: Service;
  readonly workload: DeclaredWorkload;
  readonly random: Random;
  preparedOf(id: string): PreparedImplementation;
  specOf(id: string, setting: TrialSetting): TrialSpec;
  runTrial(spec: TrialSpec): Promise<Trial>;
  onStep(text: string): void;
}
