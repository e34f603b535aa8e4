import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { buildK6 } from '../../src/k6/program.ts';
import { cacheDir } from '../../src/run/paths.ts';
import {
  autocannonAt,
  cSenderAt,
  fortioAt,
  k6At,
  ohaAt,
  oursAt,
  rootDir,
  type Tool,
  vegetaAt,
  wrk2At,
} from './tool.ts';

/** Pinned: built from their sources by their own languages' installers, once, into the cache. */
const pinned = {
  oha: { package: 'oha', version: '1.16.0' },
  vegeta: { package: 'github.com/tsenart/vegeta/v12', version: 'v12.13.0' },
  benchstat: { package: 'golang.org/x/perf/cmd/benchstat', version: 'v0.0.0-20260908200009-22c9c6c9d4da' },
} as const;

export interface Absent {
  readonly id: string;
  readonly reason: string;
}

type Found = { readonly tool: Tool } | { readonly absent: Absent };

/** Every generator that can be had on this machine, and why the others cannot. `only`: ids, or null for all. */
export async function installTools(
  only: readonly string[] | null,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<{ readonly tools: readonly Tool[]; readonly absent: readonly Absent[] }> {
  const found: Found[] = [];
  for (const [id, find] of Object.entries(finders)) {
    if (only !== null && !only.includes(id)) continue;
    found.push(await find(signal, say).catch((error: unknown) => ({ absent: { id, reason: reasonOf(error) } })));
    signal.throwIfAborted();
  }
  return {
    tools: found.flatMap((one) => ('tool' in one ? [one.tool] : [])),
    absent: found.flatMap((one) => ('absent' in one ? [one.absent] : [])),
  };
}

type Find = (signal: AbortSignal, say: (text: string) => void) => Promise<Found>;

const finders: Readonly<Record<string, Find>> = {
  paceline: async () => ({ tool: oursAt(process.execPath) }),
  'c-sender': (signal) => cSender(signal, 1),
  'c-sender ×2': (signal) => cSender(signal, 2),
  'c-sender ×4': (signal) => cSender(signal, 4),
  'c-sender ×8': (signal) => cSender(signal, 8),
  oha: async (signal, say) => {
    const path = await cargoInstalled(signal, say);
    return { tool: ohaAt(path, pinned.oha.version) };
  },
  vegeta: async (signal, say) => ({ tool: vegetaAt(await goInstalled('vegeta', signal, say), pinned.vegeta.version) }),
  k6: async (signal, say) => {
    const { path, version } = await buildK6({ cacheDir: cacheDir(process.env), signal, onProgress: say });
    return { tool: k6At(path, `v${version}`) };
  },
  autocannon: async () => ({ tool: autocannonAt(process.execPath, await autocannonVersion()) }),
  wrk2: async () => onPath('wrk2', wrk2At),
  fortio: async () => onPath('fortio', fortioAt),
};

export const toolIds: readonly string[] = Object.keys(finders);

/** Built where a C compiler is on PATH. */
async function cSender(signal: AbortSignal, burstCount: number): Promise<Found> {
  const dir = join(cacheDir(process.env), 'peers');
  const path = join(dir, 'c-sender');
  await mkdir(dir, { recursive: true });
  const source = join(import.meta.dirname, 'c-sender', 'sender.c');
  await execa('cc', ['-O2', '-o', path, source], silently(signal));
  return { tool: cSenderAt(path, burstCount) };
}

function peerDir(name: string, version: string): string {
  return join(cacheDir(process.env), 'peers', `${name}-${version}`);
}

async function cargoInstalled(signal: AbortSignal, say: (text: string) => void): Promise<string> {
  const { package: name, version } = pinned.oha;
  const dir = peerDir(name, version);
  const path = join(dir, 'bin', name);
  if (existsSync(path)) return path;
  say(`building ${name} ${version} (minutes, once)`);
  const features = ['--no-default-features', '--features', 'rustls'];
  await execa(
    'cargo',
    ['install', name, '--version', version, '--locked', ...features, '--root', dir],
    silently(signal),
  );
  return path;
}

export async function goInstalled(
  name: 'vegeta' | 'benchstat',
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<string> {
  const { package: module, version } = pinned[name];
  const dir = peerDir(name, version);
  const path = join(dir, name);
  if (existsSync(path)) return path;
  say(`building ${name} ${version} (minutes, once)`);
  await mkdir(dir, { recursive: true });
  await execa('go', ['install', `${module}@${version}`], { ...silently(signal), env: { GOBIN: dir } });
  return path;
}

function silently(signal: AbortSignal) {
  return { cancelSignal: signal, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' } as const;
}

function onPath(name: string, at: (path: string) => Tool): Found {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const path = folders.map((folder) => join(folder, name)).find((candidate) => existsSync(candidate));
  return path === undefined ? { absent: { id: name, reason: 'not present' } } : { tool: at(path) };
}

async function autocannonVersion(): Promise<string> {
  const text = await readFile(join(rootDir, 'node_modules', 'autocannon', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The installer's own last words: the first line of execa's message only repeats the command. */
export function reasonOf(error: unknown): string {
  const { code, stderr, message } = error as { code?: string; stderr?: string; message: string };
  if (code === 'ENOENT') return 'its installer is not on PATH';
  const lines = (stderr ?? '').trim().split('\n');
  const cause = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? '';
  return cause === '' ? (message.split('\n')[0] ?? message) : cause;
}
