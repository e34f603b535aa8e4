import { assertFileWritable } from '../store/writable.ts';

/** Before anything is measured: each of these files can be written. Throws HarnessError that names file and flag. */
export async function assertPlaces(places: Readonly<Record<string, string | undefined>>): Promise<void> {
  for (const [flag, path] of Object.entries(places)) if (path !== undefined) await assertFileWritable(path, flag);
}
