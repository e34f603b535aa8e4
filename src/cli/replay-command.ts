import type { TrialSpec } from '../model/trial.ts';
import { isInstalled } from '../run/paths.ts';
import type { RunRequest } from '../run/run-scenario.ts';
import type { ComparisonFlags } from './compare-files.ts';

export interface CiFlags extends ComparisonFlags {
  readonly base?: string;
  readonly head: string;
  readonly aa?: boolean;
  readonly all?: boolean;
  readonly impl?: string[];
  readonly impls?: string[];
  readonly rate?: number[];
  readonly duration?: number;
  readonly warmup?: number;
  readonly scenario: string;
  readonly pairs?: number;
  readonly timeBudget?: number;
  readonly attempts: number;
  readonly gate: boolean;
  readonly repo?: string;
  readonly out?: string;
  readonly markdown?: string;
  readonly html?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly profile?: boolean;
}

export const defaultAttempts = 2;

/** The command that repeats it, with every flag that changes what is measured or judged. */
export function ciCommand(flags: CiFlags): string {
  return commandLine('ci', [
    flags.aa ? '--aa' : option('--base', flags.base),
    flags.head === 'HEAD' ? '' : option('--head', flags.head),
    flags.all ? '--all' : '',
    ...(flags.impl ?? []).map((glob) => `--impl '${glob}'`),
    ...(flags.impls ?? []).map((dir) => `--impls '${dir}'`),
    option('--rate', flags.rate?.join(',')),
    option('--duration', flags.duration),
    option('--warmup', flags.warmup),
    flags.scenario === 'ci' ? '' : option('--scenario', flags.scenario),
    option('--pairs', flags.pairs),
    flags.timeBudget === undefined ? '' : `--time-budget ${flags.timeBudget / 1000}s`,
    flags.attempts === defaultAttempts ? '' : option('--attempts', flags.attempts),
    flags.profile ? '--profile' : '',
    ...comparisonFlags(flags),
  ]);
}

const defaultRunAttempts = 3;

/** The command that repeats a run, with every flag that changes what is measured. */
function runCommand(request: Omit<RunRequest, 'command'>): string {
  const { overrides, limit, maxAttempts } = request;
  return commandLine('run', [
    request.scenario,
    ...request.implementationDirs.map((dir) => `--impls '${dir}'`),
    ...request.implementationGlobs.map((glob) => `--impl '${glob}'`),
    request.runtimes.length === 0 ? '' : `--runtimes ${request.runtimes.join(',')}`,
    request.variants === null ? '' : `--variants '${request.variants.join(',')}'`,
    option('--workload', overrides.workload),
    option('--rate', overrides.ratesPerSec?.join(',')),
    option('--trials', overrides.trialCount),
    option('--duration', overrides.measureMs === null ? null : overrides.measureMs / 1000),
    option('--warmup', overrides.warmupCount),
    option('--workers', overrides.workerCount),
    option('--crashes', overrides.crashCount),
    ...(overrides.only ?? []).map((id) => option('--only', id)),
    option('--limit', limit === null ? null : limitText(limit)),
    option('--probe', request.probe),
    option('--transport', request.transport),
    option('--engine', request.engine === 'paceline' ? null : request.engine),
    option('--against', request.ranking.against),
    ...untilFlags(request),
    maxAttempts === defaultRunAttempts ? '' : option('--attempts', maxAttempts),
    ...request.profileIds.map((id) => option('--profile', id)),
  ]);
}

function untilFlags({ until }: Pick<RunRequest, 'until'>): string[] {
  if (until === null) return [];
  return [`--until ${percentText(until.halfWidthRatio)}`, `--time-budget ${until.timeBudgetMs / 1000}s`];
}

function percentText(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(12))}%`;
}

/** With the command that repeats it. */
export function withRunCommand(request: Omit<RunRequest, 'command'>): RunRequest {
  return { ...request, command: runCommand(request) };
}

function limitText({ cpuCount, memoryBytes }: NonNullable<TrialSpec['resourceLimit']>): string {
  const parts = [cpuCount === null ? '' : `cpu=${cpuCount}`, memoryBytes === null ? '' : `memory=${memoryBytes}`];
  return parts.filter((part) => part !== '').join(',');
}

/** The command that gives the same verdicts from the two result files. */
export function replayCommand([base, head]: readonly [string, string], flags: ComparisonFlags): string {
  return commandLine('compare', [base, head, ...comparisonFlags(flags)]);
}

function comparisonFlags({ minEffect, policy, waivers }: ComparisonFlags): string[] {
  return [
    minEffect === undefined ? '' : `--min-effect ${percentText(minEffect)}`,
    policy === undefined ? '' : `--policy '${policy}'`,
    waivers === undefined ? '' : `--waivers '${waivers}'`,
  ];
}

function option(flag: string, value: string | number | null | undefined): string {
  return value == null ? '' : `${flag} ${value}`;
}

function commandLine(command: string, parts: readonly string[]): string {
  return [isInstalled ? 'npx paceline' : 'npm run bench --', command, ...parts.filter((part) => part !== '')].join(' ');
}
