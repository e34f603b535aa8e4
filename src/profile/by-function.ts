import type { FunctionTime } from '../model/profile.ts';
import type { Frame, Stack } from './stacks.ts';

/** Below this share of the whole a function says nothing. */
const minShareRatio = 0.001;

/** Self and total of each function for 1,000 requests, the longest self first. A function that calls itself counts once. */
export function byFunction(stacks: readonly Stack[], requestCount: number): FunctionTime[] {
  const times = new Map<string, { frame: Frame; selfMs: number; totalMs: number }>();
  const timeOf = (frame: Frame) => {
    const key = JSON.stringify([frame.name, frame.file]);
    const known = times.get(key) ?? { frame, selfMs: 0, totalMs: 0 };
    times.set(key, known);
    return known;
  };
  for (const { frames, ms } of stacks) {
    const [innermost] = frames;
    if (innermost !== undefined) timeOf(innermost).selfMs += ms;
    for (const time of new Set(frames.map(timeOf))) time.totalMs += ms;
  }
  const minMs = sampledMs(stacks) * minShareRatio;
  const perThousand = (ms: number) => (ms / requestCount) * 1000;
  return [...times.values()]
    .filter(({ totalMs }) => totalMs >= minMs)
    .map(({ frame, selfMs, totalMs }) => ({ ...frame, selfMs: perThousand(selfMs), totalMs: perThousand(totalMs) }))
    .sort((a, b) => b.selfMs - a.selfMs || b.totalMs - a.totalMs);
}

export function sampledMs(stacks: readonly Stack[]): number {
  return stacks.reduce((sum, { ms }) => sum + ms, 0);
}
