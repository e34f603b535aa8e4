import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Workspace } from './paceline.ts';

/**
 * All that a paceline of that pid still has on this machine: processes that know the workspace (by their command, environment
 * or working folder), control groups, files of its temporary folder, its cleanup registry. None: an empty list.
 */
export function leftovers(pid: number, { dir, cacheDir, tempDir }: Workspace): readonly string[] {
  return [
    ...processesOf(dir).map((found) => `process ${found}`),
    ...controlGroups(`paceline-${pid}-`).map((found) => `control group ${found}`),
    ...namesIn(tempDir).map((found) => `temporary ${found}`),
    ...namesIn(join(cacheDir, 'runs')).map((found) => `cleanup registry ${found}`),
  ];
}

export function processesOf(marker: string): readonly string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    const command = textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');
    const known = [command, textOf(`/proc/${pid}/environ`), workingFolder(pid)];
    return known.some((text) => text.includes(marker)) && !isZombie(pid) ? [`${pid} ${command}`] : [];
  });
}

function isZombie(pid: string): boolean {
  return /\) [ZX] /.test(textOf(`/proc/${pid}/stat`));
}

function workingFolder(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export function controlGroups(start: string): readonly string[] {
  return groupsBelow('/sys/fs/cgroup').filter((path) => basename(path).startsWith(start));
}

/** Groups of others come and go meanwhile: what has vanished is none. */
function groupsBelow(folder: string): readonly string[] {
  return foldersIn(folder).flatMap((name) => [join(folder, name), ...groupsBelow(join(folder, name))]);
}

function foldersIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
