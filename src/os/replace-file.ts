import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';

/** Written beside and renamed over, so that a kill at any instant leaves a whole file. Throws what the file system says. */
export function replaceFileSync(path: string, text: string): void {
  const fresh = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    writeFileSync(fresh, text);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}
