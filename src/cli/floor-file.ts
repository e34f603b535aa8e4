import { join } from 'node:path';
import { describeMachine } from '../probe/host.ts';
import { type Floor, floorOf } from '../report/floor.ts';
import { resultsDir } from '../run/paths.ts';
import { newestResult } from '../store/result-list.ts';

/** The newest finished `calibrate` of a machine, this one by default; null where it was never run. */
export async function machineFloor(machineId: string = describeMachine().id): Promise<Floor | null> {
  const result = await newestResult(join(resultsDir, machineId), 'calibrate');
  return result === null ? null : floorOf(result);
}
