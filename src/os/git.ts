import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

export interface GitAnswer {
  readonly failed: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Asks git about a repository; a refusal is an answer. Its hooks stay out of it. */
export async function git(repository: string, args: readonly string[]): Promise<GitAnswer> {
  const { failed, stdout, stderr } = await execa('git', ['-c', 'core.hooksPath=/dev/null', ...args], {
    cwd: repository,
    reject: false,
    env: { GIT_OPTIONAL_LOCKS: '0' },
  });
  return { failed, stdout: stdout ?? '', stderr: stderr ?? '' };
}

/** Removes a worktree's folder and what git keeps of it in the repository. */
export async function removeWorktree(repository: string, path: string): Promise<void> {
  // A link, and npm's folder behind it, must not be followed.
  await rm(join(path, 'node_modules'), { recursive: true, force: true });
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
  if (existsSync(repository)) await git(repository, ['worktree', 'prune']);
}
