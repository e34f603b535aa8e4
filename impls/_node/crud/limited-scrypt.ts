import type { CpuWork } from './cpu-work.ts';

/** The same work with at most `maxCount` runs of scrypt at once, for a runtime whose pool has a size of its own. Others wait in order. */
export function withLimitedScrypt(cpuWork: CpuWork, maxCount: number): CpuWork {
  const waiting: (() => void)[] = [];
  let runningCount = 0;
  const enter = async () => {
    if (runningCount < maxCount) runningCount += 1;
    else await new Promise<void>((turn) => waiting.push(turn));
  };
  const leave = () => {
    const next = waiting.shift();
    if (next === undefined) runningCount -= 1;
    else next();
  };
  return {
    ...cpuWork,
    async scrypt(password, salt) {
      await enter();
      try {
        return await cpuWork.scrypt(password, salt);
      } finally {
        leave();
      }
    },
  };
}
