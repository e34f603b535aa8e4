import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { HarnessError } from '../model/harness-error.ts';

/** The k6 that scripts are made for and tried with: another of its major version will do. */
export const k6Version = '1.8.1';
const goModule = 'go.k6.io/k6';
const major = k6Version.split('.')[0];

export interface K6Program {
  readonly path: string;
  readonly version: string;
}

interface Places {
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
}

/** The one on PATH where it is of the right major version, else the one in the cache. Throws HarnessError cannot-measure where there is neither. */
export async function findK6({ env, cacheDir }: Places): Promise<K6Program> {
  const onPath = await programAt(pathOf(env));
  if (onPath !== null && isUsable(onPath)) return onPath;
  const built = await programAt(cachedPath(cacheDir));
  if (built !== null) return built;
  const found = onPath === null ? 'there is no k6' : `k6 on PATH is version ${onPath.version}`;
  throw new HarnessError(
    'cannot-measure',
    `${found}, and --engine k6 needs version ${major}`,
    `build ${k6Version} into the cache with \`npm run bench -- install k6\` (it needs Go), or put a k6 ${major} on PATH`,
  );
}

function isUsable({ version }: K6Program): boolean {
  return version.split('.')[0] === major;
}

function pathOf(env: NodeJS.ProcessEnv): string | null {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, 'k6')).find(existsSync) ?? null;
}

/** null: not there, or it does not say which version it is. */
async function programAt(path: string | null): Promise<K6Program | null> {
  if (path === null || !existsSync(path)) return null;
  const { stdout } = await execa(path, ['version'], { stdin: 'ignore', timeout: 10_000, reject: false });
  const version = /\bv(\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1];
  return version === undefined ? null : { path, version };
}

function cachedFolder(cacheDir: string): string {
  return join(cacheDir, 'peers', `k6-v${k6Version}`);
}

function cachedPath(cacheDir: string): string {
  return join(cachedFolder(cacheDir), 'k6');
}

export function isK6Built(cacheDir: string): boolean {
  return existsSync(cachedPath(cacheDir));
}

export async function removeK6(cacheDir: string): Promise<void> {
  await rm(cachedFolder(cacheDir), { recursive: true, force: true });
}

interface BuildOptions {
  readonly cacheDir: string;
  readonly signal: AbortSignal;
  onProgress(text: string): void;
}

/** Builds the pinned one into the cache from its Go module, once. Throws HarnessError cannot-measure with the installer's own words. */
export async function buildK6({ cacheDir, signal, onProgress }: BuildOptions): Promise<K6Program> {
  const path = cachedPath(cacheDir);
  if (!existsSync(path)) {
    onProgress(`building k6 ${k6Version} (minutes, once)`);
    await mkdir(cachedFolder(cacheDir), { recursive: true });
    await installGoModule(cachedFolder(cacheDir), signal);
  }
  return { path, version: k6Version };
}

async function installGoModule(folder: string, signal: AbortSignal): Promise<void> {
  const options = { cancelSignal: signal, stdin: 'ignore', stdout: 'ignore', env: { GOBIN: folder } } as const;
  await execa('go', ['install', `${goModule}@v${k6Version}`], options).catch((error: unknown) => {
    signal.throwIfAborted();
    const { code, stderr } = error as { code?: string; stderr?: string };
    const cause = code === 'ENOENT' ? 'there is no Go on PATH' : (stderr ?? '').trim().split('\n').at(-1);
    const remedy = `install Go, or put a k6 ${major} on PATH`;
    throw new HarnessError('cannot-measure', `k6 ${k6Version} cannot be built: ${cause}`, remedy, { cause: error });
  });
}
