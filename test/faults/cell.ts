import type { RunningPaceline, Workspace } from '../support/paceline.ts';

export const subjects = [
  'target',
  "target's child",
  'database',
  'generator',
  'harness',
  'npm parent',
  'terminal',
  'disk',
  'machine',
] as const;
export const faults = [
  'killed',
  'stopped and continued',
  'stopped for good',
  'slow',
  'lying',
  'out of memory at its limit',
  'out of descriptors',
  'interrupted (SIGINT)',
  'ended (SIGTERM)',
  'closed (SIGHUP)',
  'full',
  'clock stepped',
  'port taken',
  'network gone',
] as const;
export const moments = [
  'build',
  'conform',
  'copy',
  'start',
  'idle',
  'warm-up',
  'window',
  'drain',
  'stop',
  'write',
  'report',
  'ci build',
  'confirmation',
] as const;

export type Subject = (typeof subjects)[number];
export type Fault = (typeof faults)[number];
export type Moment = (typeof moments)[number];

export interface Command {
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** What starts paceline; none: this Node. */
  readonly program?: readonly string[];
}

/** One fault at one moment, and what paceline owes the user then. */
export interface Cell {
  readonly who: Subject;
  readonly what: Fault;
  readonly when: Moment;
  readonly command: (space: Workspace) => Command | Promise<Command>;
  /** Waited for before `strike`; none: the command itself holds the fault. */
  readonly at?: { readonly line: RegExp; readonly nth?: number };
  readonly strike?: (running: RunningPaceline, space: Workspace) => unknown;
  /** Any of these; more than one where a noisy machine may void the trial that is left. null: ended by a signal. */
  readonly exitCodes: readonly (number | null)[];
  /** In what was said, or in the failed trial. */
  readonly words: RegExp;
  /** Finished trials in the result; null: there is no result. */
  readonly keptTrialCount: number | null;
  /** Only a killed harness leaves anything; then the next run must clean it up. */
  readonly isCleanedByNextRun?: boolean;
  /** Needs root: mounts and namespaces. */
  readonly needsRoot?: boolean;
}

export function nameOf({ who, what, when }: Pick<Cell, 'who' | 'what' | 'when'>): string {
  return `${who} · ${what} · ${when}`;
}

/** Why a cell of the table cannot happen; the rest that has no test is empty. */
export function impossible(who: Subject, what: Fault, when: Moment): string | null {
  const only = limits.find((limit) => limit.who === who && !limit.whats.includes(what));
  if (only !== undefined) return only.why;
  return times.find((time) => time.who.includes(who) && time.whens.includes(when))?.why ?? null;
}

const processFaults: readonly Fault[] = [
  'killed',
  'stopped and continued',
  'stopped for good',
  'slow',
  'lying',
  'out of memory at its limit',
  'out of descriptors',
];
const limits: readonly { readonly who: Subject; readonly whats: readonly Fault[]; readonly why: string }[] = [
  { who: 'target', whats: [...processFaults, 'port taken', 'network gone'], why: 'no fault of a process' },
  { who: "target's child", whats: processFaults, why: 'no fault of a process' },
  { who: 'database', whats: [...processFaults, 'port taken', 'network gone'], why: 'no fault of a process' },
  { who: 'generator', whats: processFaults, why: 'no fault of a process' },
  {
    who: 'harness',
    whats: ['killed', 'stopped and continued', 'out of descriptors', 'interrupted (SIGINT)', 'ended (SIGTERM)'],
    why: 'it is who tells the tale',
  },
  { who: 'npm parent', whats: ['killed', 'ended (SIGTERM)'], why: 'it only passes signals on' },
  { who: 'terminal', whats: ['interrupted (SIGINT)', 'closed (SIGHUP)'], why: 'a terminal sends signals and closes' },
  { who: 'disk', whats: ['full'], why: 'a disk only fills' },
  { who: 'machine', whats: ['clock stepped', 'network gone'], why: 'told by its processes' },
];
const times: readonly { readonly who: readonly Subject[]; readonly whens: readonly Moment[]; readonly why: string }[] =
  [
    {
      who: ['target', "target's child"],
      whens: ['build', 'copy', 'write', 'report', 'ci build'],
      why: 'does not run then',
    },
    { who: ['database'], whens: ['build', 'write', 'report', 'ci build'], why: 'does not run then' },
    {
      who: ['generator'],
      whens: ['build', 'conform', 'copy', 'start', 'idle', 'stop', 'write', 'report', 'ci build'],
      why: 'does not run then',
    },
  ];
