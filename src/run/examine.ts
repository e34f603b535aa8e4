import type { Implementation } from '../model/implementation.ts';
import { BuildFailure, buildImplementation } from '../target/build.ts';
import { type LocatedImplementation, scanImplementations } from '../target/manifest.ts';
import { checkRequirements, type Toolchain } from '../target/requirement.ts';
import { type ConformancePart, conformWholly } from './conform.ts';
import { loadService } from './declarations.ts';
import { implsDir, rootDir } from './paths.ts';
import type { Startable } from './prepare.ts';
import { conformToPrimitives } from './primitive-conform.ts';
import { matching } from './select.ts';
import { noteProcessGroup, openSession, type Session } from './session.ts';

export type Examination =
  | {
      readonly kind: 'skipped';
      readonly implementation: Implementation;
      readonly reason: string;
      readonly remedy: string;
    }
  | { readonly kind: 'not-built'; readonly implementation: Implementation; readonly reason: string }
  | { readonly kind: 'part'; readonly implementation: Implementation; readonly part: ConformancePart };

export interface ExamineRequest {
  readonly globs: readonly string[];
  readonly directories: readonly string[];
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  onStep(text: string): void;
}

/** The seed of the rows that vectors run on; any will do, this one is the scenarios'. */
const seed = 20_260_101;

/** Examines implementations against the whole of their contract, one part after another. */
export async function* examine(request: ExamineRequest): AsyncGenerator<Examination> {
  const located = matching(await scanImplementations([implsDir, ...request.directories]), request.globs);
  const session = await openSession({ ...request, probe: null });
  try {
    for (const one of located) yield* examineOne(one, session, request.onStep);
  } finally {
    await session.close();
  }
}

async function* examineOne(
  located: LocatedImplementation,
  session: Session,
  onStep: (text: string) => void,
): AsyncGenerator<Examination> {
  const { implementation } = located;
  const available = await checkRequirements(implementation);
  if (available.status === 'missing') {
    yield { kind: 'skipped', implementation, reason: available.reason, remedy: available.remedy };
    return;
  }
  const startable = await build(located, available.toolchain, session, onStep);
  if (startable instanceof BuildFailure) {
    const { message, logTail } = startable;
    yield { kind: 'not-built', implementation, reason: `${message}\n${logTail}` };
    return;
  }
  for await (const part of partsOf(startable, session)) yield { kind: 'part', implementation, part };
}

async function* partsOf(startable: Startable, session: Session): AsyncGenerator<ConformancePart> {
  const { service: id } = startable.located.implementation;
  if (id === 'primitives') yield* conformToPrimitives(startable, seed, session);
  else yield* conformWholly({ startable, service: await loadService(id), seed, session });
}

async function build(
  located: LocatedImplementation,
  toolchain: Toolchain,
  { cacheDir, signal, ledger }: Session,
  onProgress: (line: string) => void,
): Promise<Startable | BuildFailure> {
  const keepNote = (pid: number) => noteProcessGroup(ledger, pid);
  const options = { located, rootDir, cacheDir, toolchain, onProgress, noteProcessGroup: keepNote, signal };
  try {
    const { dir, hash } = await buildImplementation(options);
    return { located, toolchain, buildDir: dir, sourceHash: hash };
  } catch (error) {
    if (error instanceof BuildFailure) return error;
    throw error;
  }
}
