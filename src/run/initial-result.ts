import { execa } from 'execa';
import type { RunResult } from '../model/run-result.ts';
import { rootDir } from './paths.ts';

/** The checkout's commit, or null outside a git work tree. */
export async function currentCommit(): Promise<RunResult['commit']> {
  const log = await git(['log', '-1', '--format=%H%x00%s']);
  if (log === null) return null;
  const [sha = '', subject = ''] = log.split('\0');
  const status = await git(['status', '--porcelain']);
  return { sha, subject, dirty: status !== null && status !== '' };
}

async function git(args: readonly string[]): Promise<string | null> {
  const { stdout, failed } = await execa('git', args, { cwd: rootDir, reject: false });
  return failed ? null : stdout;
}
