import { execa } from 'execa';
import type { Requirement } from '../model/implementation.ts';
import { buildEnvironment } from './build-environment.ts';
import { expandAll, type LocatedImplementation, type Placeholders } from './manifest.ts';
import {
  compareVersions,
  firstLine,
  type ProgramVersionResult,
  parseVersion,
  type QueryProgram,
} from './program-version.ts';
import { findRuntime, type Runtime } from './runtimes.ts';

export type ToolchainCheck =
  | { readonly status: 'available'; readonly runtimeVersion: string; readonly toolchain: Toolchain }
  | { readonly status: 'missing'; readonly reason: string; readonly remedy: string };

/** The programs that a manifest's {node}, {python} and the like stand for on this machine, and what decides whether a build can be reused. */
export interface Toolchain {
  readonly placeholders: Placeholders;
  /** By program: the version command's first line. */
  readonly versions: Readonly<Record<string, string>>;
}

export interface ToolchainOptions {
  /** Where runtimes are installed. */
  readonly cacheDir: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly ask?: QueryProgram;
}

/** Whether this machine has what the implementation needs. A missing toolchain is data (the implementation is skipped). */
export async function checkToolchain(
  { implementation, runtimes }: LocatedImplementation,
  { cacheDir, env = process.env, ask = queryProgram }: ToolchainOptions,
): Promise<ToolchainCheck> {
  const placeholders: Record<string, string> = { node: process.execPath };
  const versions: Record<string, string> = {};
  for (const [placeholder, runtime] of Object.entries(runtimes)) {
    const found = await findRuntime(runtime, { cacheDir, env, ask });
    if (found.status === 'missing') return missing(found.reason, remedyOf(runtime));
    placeholders[placeholder] = found.program;
    versions[placeholder] = found.version;
  }
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

function remedyOf({ name, remedy, package: own }: Runtime): string {
  return own === undefined ? remedy : `\`paceline install ${name}\` (${own.sizeMB} MB), or ${remedy}`;
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

export async function queryProgram([program = '', ...rest]: readonly string[]): Promise<ProgramVersionResult> {
  const { env } = buildEnvironment(process.env);
  const options = { env, extendEnv: false, reject: false, all: true, timeout: 20_000, stdin: 'ignore' } as const;
  const result = await execa(program, rest, options);
  if (result.code === 'ENOENT') return { status: 'not-found' };
  return { status: result.failed ? 'failed' : 'answered', output: result.all ?? '' };
}
