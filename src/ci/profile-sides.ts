import type { Profile } from '../model/profile.ts';
import type { TrialSpec } from '../model/trial.ts';
import type { Declarations } from '../run/declarations.ts';
import type { PreparedImplementation, PreparedSet } from '../run/prepared-implementation.ts';
import { profileTrial } from '../run/profile/profile-trial.ts';
import type { RunReporter } from '../run/reporter.ts';
import type { Session } from '../run/session/session.ts';
import type { Checkout } from './checkouts.ts';
import type { SideName, Sides } from './revision.ts';

interface ProfileContext {
  readonly checkouts: Sides<Checkout>;
  readonly session: Session;
  readonly reporter: RunReporter;
  readonly declarations: Declarations;
  readonly prepared: Sides<PreparedSet>;
}

/** One more pair, each side under the profiler that its own commit names; the files lie beside the results of `paths`. */
export async function profileSides(
  spec: TrialSpec,
  paths: Sides<string>,
  { checkouts, session, reporter, declarations, prepared }: ProfileContext,
): Promise<Sides<Profile>> {
  const profileSide = (side: SideName) =>
    profileTrial({
      spec,
      prepared: prepared[side].byId.get(spec.implementation) as PreparedImplementation,
      ...{ declarations, session, reporter },
      rootDir: checkouts[side].rootDir,
      cacheDir: session.cacheDir,
      pathPrefix: paths[side].replace(/\.json$/, ''),
    });
  return { base: await profileSide('base'), head: await profileSide('head') };
}
