import { basename, dirname, isAbsolute, join } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import { homeFolder, variable } from '../os/environment.ts';

/** With src/ and bench/ in it, as TypeScript or built. */
export const codeDir = join(import.meta.dirname, '..', '..');
/** Whether this is a package that was built and installed, and no checkout. */
export const isInstalled = basename(codeDir) === 'dist';
/** The checkout, or the installed package: where package.json lies. */
export const rootDir = isInstalled ? dirname(codeDir) : codeDir;
export const benchDir = join(codeDir, 'bench');
export const implsDir = join(rootDir, 'impls');
export const resultsDir = join(rootDir, 'results');
/** What experiments recorded, compressed; kept in git. */
export const recordingsDir = join(resultsDir, 'recordings');
export const reportsDir = join(rootDir, 'reports');
/** Of paceline's own project. */
export const checkoutFolders = { rootDir, resultsDir, reportsDir, waiversPath: join(benchDir, 'waivers.json') };

/**
 * The folder for builds, database programs, this machine's references: PACELINE_CACHE_DIR, else the XDG place, where a relative
 * path counts as unset (XDG Base Directory Specification). Throws HarnessError usage for a relative PACELINE_CACHE_DIR, which
 * would be another folder for each place that a command is typed in.
 */
export function cacheDir(env: NodeJS.ProcessEnv): string {
  const own = variable(env, 'PACELINE_CACHE_DIR');
  if (own !== null && !isAbsolute(own)) {
    throw new HarnessError(
      'usage',
      `PACELINE_CACHE_DIR is relative: "${own}"`,
      'give it an absolute path, or unset it',
    );
  }
  if (own !== null) return own;
  const xdg = variable(env, 'XDG_CACHE_HOME');
  return join(xdg !== null && isAbsolute(xdg) ? xdg : join(homeFolder(), '.cache'), 'paceline');
}
