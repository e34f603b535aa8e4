import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterAnswer } from '../../../impls/_node/raft/host/cluster.ts';
import { pickFreePort } from '../../../src/os/port.ts';

export interface RunningHost {
  readonly process: ChildProcess;
  readonly port: number;
  request(method: string, path: string, body?: string): Promise<{ status: number; text: string; headers: Headers }>;
  cluster(): Promise<ClusterAnswer>;
  /** @throws Error when it does not come true within 20 s. */
  until(what: string, isSo: () => Promise<boolean>): Promise<void>;
  /** Until there is a leader. */
  ready(): Promise<void>;
  end(signal: NodeJS.Signals): Promise<number | null>;
  stderr(): string;
}

const impls = join(import.meta.dirname, '..', '..', '..', 'impls');

export function newFolder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'raft-host-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function startHost(
  t: TestContext,
  id: string,
  dataDir: string,
  environment: Record<string, string> = {},
  shellPrefix = '',
): Promise<RunningHost> {
  const port = await pickFreePort('127.0.0.1');
  const env = {
    ...process.env,
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
    ...environment,
  };
  const child = spawn('sh', ['-c', `${shellPrefix} exec "$0" main.ts`, process.execPath], {
    cwd: join(impls, id),
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  t.after(() => child.kill('SIGKILL'));

  async function request(method: string, path: string, body?: string) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body ?? null });
    return { status: response.status, text: await response.text(), headers: response.headers };
  }

  async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    for (let attempt = 0; attempt < 800; attempt++) {
      if (await isSo().catch(() => false)) return;
      await delay(25);
    }
    throw new Error(`never: ${what}\n${stderr}`);
  }

  return {
    process: child,
    port,
    request,
    cluster: async () => JSON.parse((await request('GET', '/cluster')).text),
    until,
    ready: () => until('a leader', async () => (await request('GET', '/health')).status === 200),
    async end(signal) {
      child.kill(signal);
      return ended;
    },
    stderr: () => stderr,
  };
}
