import { execa } from 'execa';
import type { Implementation, Requirement } from '../model/implementation.ts';
import { buildEnvironment } from './build-environment.ts';
import { expandAll, type Placeholders, usesPython } from './manifest.ts';

/** What came of asking a program for its version. */
type ProgramVersionResult =
  | { readonly status: 'answered'; readonly output: string }
  | { readonly status: 'failed'; readonly output: string }
  | { readonly status: 'not-found' };

export type QueryProgram = (command: readonly string[]) => Promise<ProgramVersionResult>;

export type ToolchainCheck =
  | { readonly status: 'available'; readonly runtimeVersion: string; readonly toolchain: Toolchain }
  | { readonly status: 'missing'; readonly reason: string; readonly remedy: string };

/** The programs a manifest's {node} and {python} stand for on this machine, and what decides whether a build can be reused. */
export interface Toolchain {
  readonly placeholders: Placeholders;
  /** By program: the version command's first line. */
  readonly versions: Readonly<Record<string, string>>;
}

const minPython = '3.11';
const pythonNames = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];
const pythonQuestion = 'import sys; print(sys.executable, "%d.%d.%d" % sys.version_info[:3])';

/** Whether this machine has what the implementation needs. A missing toolchain is data (the implementation is skipped). */
export async function checkToolchain(implementation: Implementation, ask = queryProgram): Promise<ToolchainCheck> {
  const python = usesPython(implementation) ? await findPython(ask) : null;
  if (usesPython(implementation) && python === null) {
    return missing(`no Python ≥ ${minPython} on PATH`, `install Python ${minPython} or newer as python3`);
  }
  const placeholders: Placeholders = { node: process.execPath, ...(python === null ? {} : { python }) };
  const versions: Record<string, string> = {};
  for (const requirement of implementation.requires) {
    const answer = await ask(expandAll(requirement.versionCommand, placeholders));
    const reason = unmetReason(requirement, answer);
    if (reason !== null) return missing(reason, requirement.remedy);
    versions[requirement.program] = firstLine(answer);
  }
  const { name, versionCommand } = implementation.runtime;
  const runtime = await ask(expandAll(versionCommand, placeholders));
  if (runtime.status !== 'answered') {
    return missing(`${name}: \`${versionCommand.join(' ')}\` does not answer`, `install ${name}`);
  }
  versions[name] ??= firstLine(runtime);
  return { status: 'available', runtimeVersion: firstLine(runtime), toolchain: { placeholders, versions } };
}

function missing(reason: string, remedy: string): ToolchainCheck {
  return { status: 'missing', reason, remedy };
}

function unmetReason(requirement: Requirement, answer: ProgramVersionResult): string | null {
  const { program, atLeast } = requirement;
  if (answer.status === 'not-found') return `${program} not on PATH (needs ≥ ${atLeast})`;
  const version = answer.status === 'answered' ? parseVersion(answer.output) : null;
  if (version === null) return `${program} does not print its version (needs ≥ ${atLeast})`;
  return compareVersions(version, atLeast) < 0 ? `${program} on PATH is ${version} (needs ≥ ${atLeast})` : null;
}

/** The first run of numbers joined by dots, such as 1.26.8 in "go version go1.26.8 linux/amd64"; null where there is none. */
export function parseVersion(text: string): string | null {
  return /\d+(?:\.\d+)+/.exec(text)?.[0] ?? /\d+/.exec(text)?.[0] ?? null;
}

/** Number by number, missing ones count as 0: negative when a < b, 0 when equal. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The interpreter itself: a version manager's shim on PATH would put a shell before each start. */
async function findPython(ask: QueryProgram): Promise<string | null> {
  for (const name of pythonNames) {
    const answer = await ask([name, '-c', pythonQuestion]);
    const [, executable, version] = answer.status === 'answered' ? (/^(.+) (\S+)\s*$/.exec(answer.output) ?? []) : [];
    if (executable && version && compareVersions(version, minPython) >= 0) return executable;
  }
  return null;
}

function firstLine(answer: ProgramVersionResult): string {
  return answer.status === 'not-found' ? '' : (answer.output.trim().split('\n')[0] ?? '').trim();
}

async function queryProgram([program = '', ...rest]: readonly string[]): Promise<ProgramVersionResult> {
  const { env } = buildEnvironment(process.env);
  const options = { env, extendEnv: false, reject: false, all: true, timeout: 20_000, stdin: 'ignore' } as const;
  const result = await execa(program, rest, options);
  if (result.code === 'ENOENT') return { status: 'not-found' };
  return { status: result.failed ? 'failed' : 'answered', output: result.all ?? '' };
}
