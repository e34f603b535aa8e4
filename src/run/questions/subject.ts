import { HarnessError } from '../../model/harness-error.ts';
import type { Service } from '../../model/service.ts';
import { unknownName } from '../../model/unknown-name.ts';
import type { LocatedImplementation } from '../../target/manifest.ts';
import { defaultSeed } from '../declarations.ts';
import { checkCandidates, nothingMeasured, prepareAll } from '../prepare.ts';
import type { PreparedImplementation } from '../prepared-implementation.ts';
import { type DeclaredWorkload, locateAll, type Project } from '../project.ts';
import type { RunContext } from '../run-scenario.ts';
import { installMissing } from '../runtimes.ts';
import { openSession, type Session } from '../session/session.ts';

export interface SubjectRequest {
  readonly id: string;
  readonly implementationDirs: readonly string[];
  /** null: the first that its service declares, `history` where there is one. */
  readonly workload: string | null;
}

interface SubjectContext extends Pick<RunContext, 'project'> {
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  onStep(text: string): void;
}

/** One implementation, built and checked, with the workload that it is asked: what a single question is put to. */
export interface Subject {
  readonly preparedImplementation: PreparedImplementation;
  readonly service: Service;
  readonly workload: DeclaredWorkload;
  /** Closed by whoever opened the subject. */
  readonly session: Session;
}

/** Throws HarnessError for a name that is unknown, a workload of one rate, and what cannot be built or does not conform. */
export async function openSubject(request: SubjectRequest, context: SubjectContext): Promise<Subject> {
  const { project } = context;
  const chosen = await implementationOf(project, request);
  const { service: serviceId } = chosen.implementation;
  const service = await project.loadService(serviceId);
  const workload = await project.loadWorkload(
    serviceId,
    request.workload ?? (await defaultWorkload(project, serviceId)),
  );
  if (workload.fixedRatePerSec !== null) {
    const message = `${workload.id} is defined at ${workload.fixedRatePerSec}/s: it can be asked at no other rate`;
    throw new HarnessError('usage', message, 'choose another with --workload');
  }
  const session = await openSession({ signal: context.signal, env: context.env, probe: null, onStep: context.onStep });
  try {
    const preparedImplementation = await prepareOne(chosen, service, session, context);
    return { preparedImplementation, service, workload, session };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Of a service that answers requests: a primitive has no rate. */
async function implementationOf(
  project: Project,
  { id, implementationDirs }: SubjectRequest,
): Promise<LocatedImplementation> {
  const located = await locateAll(project, implementationDirs);
  const services = await project.serviceIds();
  const answering = located.filter(({ implementation }) => services.includes(implementation.service));
  const chosen = answering.find(({ implementation }) => implementation.id === id);
  if (chosen !== undefined) return chosen;
  if (located.some(({ implementation }) => implementation.id === id)) {
    throw new HarnessError('usage', `${id} answers no requests`, 'name a service');
  }
  throw unknownName(
    'implementation',
    id,
    answering.map(({ implementation }) => implementation.id),
  );
}

async function prepareOne(
  located: LocatedImplementation,
  service: Service,
  session: Session,
  { project, onStep }: SubjectContext,
): Promise<PreparedImplementation> {
  const options = {
    rootDir: project.rootDir,
    cacheDir: session.cacheDir,
    services: new Map([[service.id, service]]),
    workloads: new Map(),
    seed: defaultSeed,
  };
  await installMissing([located], session, onStep);
  const candidates = await checkCandidates([located], session);
  const { preparations, byId } = await prepareAll(session, candidates, options, { onStep, onPrepared: () => {} });
  const preparedImplementation = byId.get(located.implementation.id);
  if (preparedImplementation === undefined) throw nothingMeasured(preparations);
  return preparedImplementation;
}

async function defaultWorkload(project: Project, serviceId: string): Promise<string> {
  const known = await project.workloadIds(serviceId);
  return ['history', 'put'].find((id) => known.includes(id)) ?? known[0] ?? 'none';
}

/** The same subject with more in the environment of its program, where placeholders of the manifest stand for themselves. */
export function withProgramEnv(subject: Subject, env: Readonly<Record<string, string>>): Subject {
  const { preparedImplementation } = subject;
  const { located } = preparedImplementation;
  const implementation = { ...located.implementation, env: { ...located.implementation.env, ...env } };
  return { ...subject, preparedImplementation: { ...preparedImplementation, located: { ...located, implementation } } };
}
