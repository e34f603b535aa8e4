import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type FuzzFailure, type FuzzReport, type FuzzTarget, fuzz } from '../fuzz/fuzz.ts';
import type { FuzzGrammar } from '../model/fuzz.ts';
import { HarnessError } from '../model/harness-error.ts';
import type { Implementation } from '../model/implementation.ts';
import type { Service } from '../model/service.ts';
import { BuildFailure } from '../target/build.ts';
import { scanImplementations } from '../target/manifest.ts';
import { checkToolchain } from '../target/toolchain.ts';
import { buildForChecks } from './conform/check-contract.ts';
import { implementationsMatching, loadService } from './declarations.ts';
import { benchDir, implsDir } from './paths.ts';
import type { PreparedImplementation } from './prepared-implementation.ts';
import { installMissing } from './runtimes.ts';
import { openSession, type Session } from './session/session.ts';
import { startInGroup } from './trial/target-group.ts';

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

/** The seed of the rows every implementation starts from, whatever the seed of the requests is. */
const rowSeed = 20_260_101;
const size = { workerCount: 2, dbPoolTotal: 8, cluster: null };

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
      const preparedImplementation = await startableOf(one, session, onStep);
      if (typeof preparedImplementation === 'string') {
        skipped.push({ implementation: one.implementation.id, reason: preparedImplementation });
        continue;
      }
      onStep(`starting ${one.implementation.id}`);
      targets.push(await start(preparedImplementation, one.implementation, service, session, disposals));
    }
    if (targets.length === 0) throw nothingToAsk(skipped);
    const report = await fuzz({ ...request, grammar, targets });
    return { ...report, service: id, implementations: targets.map(({ implementation }) => implementation), skipped };
  } finally {
    for (const dispose of disposals.reverse()) await dispose();
    await session.close();
  }
}

async function startableOf(
  located: Parameters<typeof buildForChecks>[0],
  session: Session,
  onStep: (text: string) => void,
): Promise<PreparedImplementation | string> {
  const available = await checkToolchain(located, session);
  if (available.status === 'missing') return available.reason;
  const built = await buildForChecks(located, available.toolchain, session, onStep);
  return built instanceof BuildFailure ? built.message : built;
}

async function start(
  preparedImplementation: PreparedImplementation,
  { id }: Implementation,
  service: Service,
  session: Session,
  disposals: (() => Promise<void>)[],
): Promise<FuzzTarget> {
  const environment = service.environment({ ...size, seed: rowSeed });
  const database = await session.copyDatabase(service, rowSeed);
  disposals.push(async () => database?.drop());
  const databaseUrl = database?.url ?? null;
  const usesDataDir = service.isCluster;
  const started = await startInGroup({
    preparedImplementation,
    environment,
    databaseUrl,
    usesDataDir,
    limit: null,
    session,
  });
  disposals.push(started.dispose);
  const variables = { ...environment, ...service.vectorVariables(rowSeed) };
  return { implementation: id, baseUrl: started.target.baseUrl, variables };
}

async function loadGrammar(service: string): Promise<FuzzGrammar> {
  const path = join(benchDir, service, 'fuzz.ts');
  const { fuzz: grammar } = await import(pathToFileURL(path).href).catch(() => ({ fuzz: undefined }));
  if (grammar !== undefined) return grammar as FuzzGrammar;
  throw new HarnessError('unknown-name', `the service "${service}" has no grammar of requests`, `write ${path}`);
}

function nothingToAsk(skipped: FuzzRun['skipped']): HarnessError {
  const list = skipped.map(({ implementation, reason }) => `${implementation}: ${reason}`).join('; ');
  return new HarnessError(
    'cannot-measure',
    `no implementation can be asked (${list})`,
    'install a toolchain of the list',
  );
}
