import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium } from 'playwright-core';

/** A browser to open a page in, or why there is none. */
export type FoundBrowser =
  | { readonly browser: Browser; readonly reason: null }
  | { readonly browser: null; readonly reason: string };

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A Chromium on PATH, else the one of npm's @sparticuz/chromium (which needs two system libraries). */
export async function launchChromium(): Promise<FoundBrowser> {
  const onPath = names.map(onPathOrNull).filter((path) => path !== null);
  const failures: string[] = [];
  for (const find of [...onPath.map((path) => async () => ({ path, args: [] as string[] })), packaged]) {
    try {
      return { browser: await launched(find), reason: null };
    } catch (error) {
      failures.push(firstLine(error));
    }
  }
  return { browser: null, reason: `no Chromium starts (${failures.join('; ')}). Install ${remedy}` };
}

const unpackingTries = 20;

/** Another test file may be unpacking the packaged one just now: what is being written cannot be started (ETXTBSY of execve(2)). */
async function launched(find: () => Promise<{ path: string; args: string[] }>): Promise<Browser> {
  const { path, args } = await find();
  for (let attempt = 1; ; attempt++) {
    try {
      return await chromium.launch({ executablePath: path, args: ['--no-sandbox', ...args] });
    } catch (error) {
      if (attempt === unpackingTries || !String(error).includes('ETXTBSY')) throw error;
      await sleep(500);
    }
  }
}

const remedy =
  'the package chromium, or libnss3 and libnspr4 for the one that comes with npm (Debian and Ubuntu names).';

function onPathOrNull(name: string): string | null {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function packaged(): Promise<{ path: string; args: string[] }> {
  const { default: bundled } = await import('@sparticuz/chromium');
  // In one process the whole browser would go with the first context that closes.
  return { path: await bundled.executablePath(), args: bundled.args.filter((arg) => arg !== '--single-process') };
}

function firstLine(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
