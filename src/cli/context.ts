import type { Command } from 'commander';
import type { GuardedStream } from './output.ts';

/** What a command is given: where to write, the environment, and the signal that ends it early. */
export interface CommandContext {
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: GuardedStream;
  readonly stderr: GuardedStream;
  exitCode: number;
}

export type AddCommand = (program: Command, context: CommandContext) => void;

/** Whether colours are wanted: a terminal, and NO_COLOR (no-color.org) not set. */
export function wantsColor({ env, stdout }: CommandContext): boolean {
  return stdout.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}

const defaultWidth = 100;
const minWidth = 60;

/** The columns that a line may have. */
export function lineWidth({ stdout }: CommandContext): number {
  return Math.max(minWidth, stdout.columns ?? defaultWidth);
}
