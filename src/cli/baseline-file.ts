import { join } from 'node:path';
import { fileNamePart } from '../model/foreign-text.ts';
import { describeMachine } from '../probe/machine.ts';
import type { Baseline } from '../report/baseline.ts';
import type { ProjectFolders } from '../run/project.ts';
import { newestResult } from '../store/result-folder.ts';

/** The newest finished `calibrate` of a machine, this one by default; null where it was never run. */
export async function machineBaseline(
  { resultsDir }: ProjectFolders,
  machineId: string = describeMachine().id,
): Promise<Baseline | null> {
  const result = await newestResult(join(resultsDir, fileNamePart(machineId)), 'calibrate');
  return result === null ? null : (await import('../report/baseline.ts')).summarizeBaseline(result);
}
