import type { Implementation } from '../../model/implementation.ts';
import { BuildFailure, buildImplementation } from '../../target/build.ts';
import { type LocatedImplementation, scanImplementations } from '../../target/manifest.ts';
import { checkToolchain, type Toolchain } from '../../target/toolchain.ts';
import { implementationsMatching, loadService } from '../declarations.ts';
import { implsDir, rootDir } from '../paths.ts';
import type { PreparedImplementation } from '../prepare.ts';
import { conformToPrimitives } from '../primitives/conform.ts';
import { openSession, type Session, trackProcessGroup } from '../session/session.ts';
import { type ConformancePart, checkWholeContract } from './conform.ts';

export type ContractCheck =
  | {
      readonly kind: 'skipped';
      readonly implementation: Implementation;
      readonly reason: string;
      readonly remedy: string;
    }
  | { readonly kind: 'not-built'; readonly implementation: Implementation; readonly reason: string }
  | { readonly kind: 'part'; readonly implementation: Implementation; readonly part: ConformancePart };

export interface CheckContractRequest {
  readonly globs: readonly string[];
  readonly directories: readonly string[];
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  onStep(text: string): void;
}

/** The seed of the rows that vectors run on; any will do, this one is the scenarios'. */
const seed = 20_260_101;

/** Examines implementations against the whole of their contract, one part after another. */
export async function* checkContract(request: CheckContractRequest): AsyncGenerator<ContractCheck> {
  const located = implementationsMatching(await scanImplementations([implsDir, ...request.directories]), request.globs);
  const session = await openSession({ ...request, probe: null });
  try {
    for (const one of located) yield* checkImplementation(one, session, request.onStep);
  } finally {
    await session.close();
  }
}

async function* checkImplementation(
  located: LocatedImplementation,
  session: Session,
  onStep: (text: string) => void,
): AsyncGenerator<ContractCheck> {
  const { implementation } = located;
  const available = await checkToolchain(implementation);
  if (available.status === 'missing') {
    yield { kind: 'skipped', implementation, reason: available.reason, remedy: available.remedy };
    return;
  }
  const preparedImplementation = await buildForChecks(located, available.toolchain, session, onStep);
  if (preparedImplementation instanceof BuildFailure) {
    const { message, logTail } = preparedImplementation;
    yield { kind: 'not-built', implementation, reason: `${message}\n${logTail}` };
    return;
  }
  for await (const part of partsOf(preparedImplementation, session)) yield { kind: 'part', implementation, part };
}

async function* partsOf(
  preparedImplementation: PreparedImplementation,
  session: Session,
): AsyncGenerator<ConformancePart> {
  const { service: id } = preparedImplementation.located.implementation;
  if (id === 'primitives') yield* conformToPrimitives(preparedImplementation, seed, session);
  else yield* checkWholeContract({ preparedImplementation, service: await loadService(id), seed, session });
}

/** Builds outside of a run; what a compiler says is data. */
export async function buildForChecks(
  located: LocatedImplementation,
  toolchain: Toolchain,
  { cacheDir, signal, cleanupRegistry: ledger }: Session,
  onProgress: (line: string) => void,
): Promise<PreparedImplementation | BuildFailure> {
  const keepNote = (pid: number) => trackProcessGroup(ledger, pid);
  const options = { located, rootDir, cacheDir, toolchain, onProgress, noteProcessGroup: keepNote, signal };
  try {
    const { dir, hash } = await buildImplementation(options);
    return { located, toolchain, buildDir: dir, sourceHash: hash };
  } catch (error) {
    if (error instanceof BuildFailure) return error;
    throw error;
  }
}
