import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type FuzzFailure, type FuzzReport, type FuzzTarget, fuzz } from '../fuzz/fuzz.ts';
import type { FuzzGrammar } from '../model/fuzz.ts';
import { HarnessError } from '../model/harness-error.ts';
import type { Service } from '../model/service.ts';
import { BuildFailure } from '../target/build.ts';
import { type LocatedImplementation, scanImplementations } from '../target/manifest.ts';
import { checkToolchain } from '../target/toolchain.ts';
import { buildForChecks } from './conform/check-contract.ts';
import { type RunningSubject, startSubject } from './conform/subject.ts';
import { defaultSeed, implementationsMatching, loadService } from './declarations.ts';
import { benchDir, implsDir, rootDir } from './paths.ts';
import { installMissing } from './runtimes.ts';
import { openSession, type Session } from './session/session.ts';
import { TrialFailure } from './trial/observations.ts';

export interface FuzzRequest {
  readonly service: string;
  /** Ids or globs; none: every implementation of the service. */
  readonly globs: readonly string[];
  readonly directories: readonly string[];
  readonly seed: number;
  readonly requestCount: number;
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  onStep(text: string): void;
  onFailure(failure: FuzzFailure): void;
}

export interface FuzzRun extends FuzzReport {
  readonly service: string;
  readonly implementations: readonly string[];
  /** Implementations that could not be asked, and why. */
  readonly skipped: readonly { readonly implementation: string; readonly reason: string }[];
}

/** Starts the implementations that are here, each on a copy of its own, and sends all of them the same requests. */
export async function fuzzImplementations(request: FuzzRequest): Promise<FuzzRun> {
  const { service: id, globs, directories, onStep } = request;
  const grammar = await loadGrammar(id);
  const service = await loadService(id);
  const scanned = await scanImplementations([implsDir, ...directories]);
  const located = implementationsMatching(
    scanned.filter(({ implementation }) => implementation.service === id),
    globs,
  );
  const session = await openSession({ ...request, probe: null });
  const disposals: (() => Promise<void>)[] = [];
  try {
    if (globs.length > 0) await installMissing(located, session, onStep);
    const skipped: { implementation: string; reason: string }[] = [];
    const targets: FuzzTarget[] = [];
    for (const one of located) {
      const implementation = one.implementation.id;
      const target = await openTarget(one, service, session, onStep);
      if (typeof target === 'string') {
        skipped.push({ implementation, reason: target });
        continue;
      }
      disposals.push(target.dispose);
      targets.push({ implementation, baseUrl: target.baseUrl, variables: target.variables });
    }
    if (targets.length === 0) throw nothingToAsk(skipped);
    const report = await fuzz({ ...request, grammar, targets });
    return { ...report, service: id, implementations: targets.map(({ implementation }) => implementation), skipped };
  } finally {
    for (const dispose of disposals.reverse()) await dispose();
    await session.close();
  }
}

/** Built and started on a copy of its own, or why it could not be. */
async function openTarget(
  located: LocatedImplementation,
  service: Service,
  session: Session,
  onStep: (text: string) => void,
): Promise<RunningSubject | string> {
  const available = await checkToolchain(located, session);
  if (available.status === 'missing') return available.reason;
  const built = await buildForChecks(located, available.toolchain, session, { rootDir, onStep });
  if (built instanceof BuildFailure) return built.message;
  onStep(`starting ${located.implementation.id}`);
  try {
    return await startSubject({ preparedImplementation: built, service, seed: defaultSeed, session });
  } catch (error) {
    if (!(error instanceof TrialFailure)) throw error;
    return `it does not start: ${error.message}`;
  }
}

async function loadGrammar(service: string): Promise<FuzzGrammar> {
  const path = join(benchDir, service, 'fuzz.ts');
  if (!existsSync(path)) {
    throw new HarnessError('unknown-name', `the service "${service}" has no grammar of requests`, `write ${path}`);
  }
  const { fuzz: grammar } = await import(pathToFileURL(path).href).catch((error: Error) => {
    throw new HarnessError('usage', `the grammar ${path} cannot be loaded: ${error.message}`, 'correct it there');
  });
  if (grammar !== undefined) return grammar as FuzzGrammar;
  throw new HarnessError('usage', `the grammar ${path} exports no \`fuzz\``, 'see bench/crud/fuzz.ts');
}

function nothingToAsk(skipped: FuzzRun['skipped']): HarnessError {
  const list = skipped.map(({ implementation, reason }) => `${implementation}: ${reason}`).join('; ');
  return new HarnessError(
    'cannot-measure',
    `no implementation can be asked (${list})`,
    'install a toolchain of the list',
  );
}
