import type { Service } from '../../model/service.ts';
import type { Phase, Trial, TrialSpec } from '../../model/trial.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import type { Session } from '../session/session.ts';
import { createTrialEnvironment } from './create-environment.ts';
import { runTrial } from './trial.ts';

/** Runs one trial of an implementation that was prepared. */
type TrialRunner = (spec: TrialSpec, implementation: PreparedImplementation) => Promise<Trial>;

/** Trials within a session; `services` by id. */
export function createTrialRunner(
  session: Session,
  services: ReadonlyMap<string, Service>,
  onPhase: (phase: Phase) => void,
): TrialRunner {
  return (spec, preparedImplementation) => {
    const service = services.get(spec.service);
    if (service === undefined) throw new Error(`a trial of the unknown service ${spec.service}`);
    const environment = createTrialEnvironment({ spec, service, preparedImplementation, session, onPhase });
    return runTrial(spec, service.database?.invariants ?? [], environment);
  };
}
