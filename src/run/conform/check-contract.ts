import type { Implementation } from '../../model/implementation.ts';
import { BuildFailure } from '../../target/build.ts';
import type { LocatedImplementation } from '../../target/manifest.ts';
import { checkToolchain, type Toolchain } from '../../target/toolchain.ts';
import { defaultSeed, implementationsMatching } from '../declarations.ts';
import { build } from '../prepare.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import { conformToPrimitives } from '../primitives/conform.ts';
import { locateAll, type Project } from '../project.ts';
import { installMissing } from '../runtimes.ts';
import { openSession, type Session } from '../session/session.ts';
import { checkConfig, checkWholeContract } from './conform.ts';
import type { ConformancePart } from './subject.ts';

export type ContractCheck =
  | {
      readonly kind: 'skipped';
      readonly implementation: Implementation;
      readonly reason: string;
      readonly remedy: string;
    }
  | { readonly kind: 'not-built'; readonly implementation: Implementation; readonly reason: string }
  | { readonly kind: 'part'; readonly implementation: Implementation; readonly part: ConformancePart };

interface CheckContractRequest {
  readonly globs: readonly string[];
  readonly directories: readonly string[];
  readonly project: Project;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  onStep(text: string): void;
}

/** Checks implementations against the whole of their contract, one part after another. */
export async function* checkContract(request: CheckContractRequest): AsyncGenerator<ContractCheck> {
  const located = implementationsMatching(await locateAll(request.project, request.directories), request.globs);
  const session = await openSession({ ...request, probe: null });
  try {
    if (request.globs.length > 0) await installMissing(located, session, request.onStep);
    for (const one of located) yield* checkImplementation(one, session, request);
  } finally {
    await session.close();
  }
}

async function* checkImplementation(
  located: LocatedImplementation,
  session: Session,
  { project, onStep }: Pick<CheckContractRequest, 'project' | 'onStep'>,
): AsyncGenerator<ContractCheck> {
  const { implementation } = located;
  const available = await checkToolchain(located, session);
  if (available.status === 'missing') {
    yield { kind: 'skipped', implementation, reason: available.reason, remedy: available.remedy };
    return;
  }
  const options = { rootDir: project.rootDir, onStep };
  const built = await buildForChecks(located, available.toolchain, session, options);
  if (built instanceof BuildFailure) {
    yield { kind: 'not-built', implementation, reason: `${built.message}\n${built.logTail}` };
    return;
  }
  for await (const part of partsOf(built, session, project)) yield { kind: 'part', implementation, part };
}

/** Builds outside of a run; what a compiler says is data. */
export async function buildForChecks(
  located: LocatedImplementation,
  toolchain: Toolchain,
  session: Session,
  options: { readonly rootDir: string; onStep(line: string): void },
): Promise<PreparedImplementation | BuildFailure> {
  try {
    const built = await build(session, located, toolchain, { ...options, cacheDir: session.cacheDir });
    return built.preparedImplementation;
  } catch (error) {
    if (error instanceof BuildFailure) return error;
    throw error;
  }
}

async function* partsOf(
  preparedImplementation: PreparedImplementation,
  session: Session,
  project: Project,
): AsyncGenerator<ConformancePart> {
  const { service: id } = preparedImplementation.located.implementation;
  if (id === 'primitives') return yield* conformToPrimitives(preparedImplementation, defaultSeed, session);
  const service = await project.loadService(id);
  const subject = { preparedImplementation, service, seed: defaultSeed, session };
  if (service.contractDir === undefined) return yield* checkWholeContract(subject);
  await session.openTemplate(service, defaultSeed);
  const ids = await project.workloadIds(id);
  yield* checkConfig(subject, await Promise.all(ids.map((workload) => project.loadWorkload(id, workload))));
}
