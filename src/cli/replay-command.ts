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
    ...comparisonFlags(flags),
  ]);
}

/** The command that gives the same verdicts from the two result files. */
export function replayCommand([base, head]: readonly [string, string], flags: ComparisonFlags): string {
  return commandLine('compare', [base, head, ...comparisonFlags(flags)]);
}

function comparisonFlags({ minEffect, policy, waivers }: ComparisonFlags): string[] {
  return [
    minEffect === undefined ? '' : `--min-effect ${Number((minEffect * 100).toPrecision(12))}%`,
    policy === undefined ? '' : `--policy '${policy}'`,
    waivers === undefined ? '' : `--waivers '${waivers}'`,
  ];
}

function option(flag: string, value: string | number | undefined): string {
  return value === undefined ? '' : `${flag} ${value}`;
}

function commandLine(command: string, parts: readonly string[]): string {
  return ['npm run bench --', command, ...parts.filter((part) => part !== '')].join(' ');
}
