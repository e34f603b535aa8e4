import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheDir } from '../../src/run/paths.ts';
import { readResult } from '../../src/store/result-file.ts';
import { rootDir } from './tool.ts';

/** The last commit whose generator sent by libuv: what the kernel's own loop is compared with. */
const formerCommit = 'b315a10';
const quickSeconds = 5;

/** What the generator cost and how late it woke in one trial of crud-go at 100/s. */
export interface QuickFigures {
  readonly cpuMs: number;
  readonly wokeLateP50Ms: number | null;
}

export interface QuickTurn {
  readonly ours: QuickFigures | null;
  readonly former: QuickFigures | null;
}

/** A checkout of the former commit with its dependencies, in the cache; made once. Throws where git does not have it. */
export async function formerCheckout(signal: AbortSignal): Promise<string> {
  const dir = join(cacheDir(process.env), 'peers', `former-${formerCommit}`);
  if (existsSync(dir)) return dir;
  const silently = { cancelSignal: signal, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' } as const;
  const made = `${dir}.${process.pid}`;
  try {
    await execa('git', ['clone', '--quiet', '--shared', '--no-checkout', rootDir, made], silently);
    await execa('git', ['-C', made, 'checkout', '--quiet', '--detach', formerCommit], silently);
    await execa('npm', ['ci', '--no-audit', '--no-fund'], { ...silently, cwd: made });
    await rename(made, dir);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return dir;
}

/** One trial of `quick` by the paceline of that checkout; null where it measured nothing. */
export async function runQuick(checkout: string, signal: AbortSignal): Promise<QuickFigures | null> {
  const dir = await mkdtemp(join(tmpdir(), 'paceline-quick-'));
  const path = join(dir, 'result.json');
  const triesFlag = checkout === rootDir ? '--attempts' : '--tries';
  const asked = ['run', 'quick', '--impl', 'crud-go', '--rate', '100', '--trials', '1', triesFlag, '1'];
  const shown = ['--duration', `${quickSeconds}`, '--no-report', '--out', path];
  try {
    // The pinned Node of the checkout runs it; its exit code says what is in the file too.
    await execa(join(checkout, 'node_modules', '.bin', 'node'), ['bin/paceline.mjs', ...asked, ...shown], {
      ...{ cwd: checkout, cancelSignal: signal, forceKillAfterDelay: 20_000, reject: false },
      ...{ stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' },
    });
    signal.throwIfAborted();
    return existsSync(path) ? await figuresIn(path) : null;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function figuresIn(path: string): Promise<QuickFigures | null> {
  for (const { measurement } of (await readResult(path)).trials) {
    const cpuMs = measurement?.cpu?.generator?.perRequestMs ?? null;
    if (cpuMs !== null) return { cpuMs, wokeLateP50Ms: measurement?.load?.generatorDelay.p50Ms ?? null };
  }
  return null;
}
