import type { Command } from 'commander';
import { variable } from '../os/environment.ts';
import type { Project, ProjectFolders } from '../run/project.ts';
import { type GuardedStream, minWidth } from './output.ts';

/** What a command is given: where to write, the environment, and the signal that ends it early. */
export interface CommandContext {
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly folders: ProjectFolders;
  /** Throws HarnessError usage where there is none, or its config is wrong. */
  loadProject(): Promise<Project>;
  readonly stdout: GuardedStream;
  readonly stderr: GuardedStream;
  exitCode: number;
}

export type AddCommand = (program: Command, context: CommandContext) => void;

/** Whether colours are wanted: as FORCE_COLOR says (0 and false are no), else in a terminal where NO_COLOR (no-color.org) is not set. */
export function wantsColor({ env, stdout }: CommandContext): boolean {
  const forced = variable(env, 'FORCE_COLOR');
  if (forced !== null) return forced !== '0' && forced !== 'false';
  return stdout.isTTY === true && variable(env, 'NO_COLOR') === null && env.TERM !== 'dumb';
}

const defaultWidth = 100;

/** The columns that a line may have. */
export function lineWidth({ stdout }: CommandContext): number {
  return Math.max(minWidth, stdout.columns || defaultWidth);
}
