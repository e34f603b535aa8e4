import { type Frame, type Stack, tidyFile } from './stacks.ts';

/** How often a profiler that writes collapsed stacks is asked to look: {hz} in its arguments. */
export const samplesPerSec = 200;

/** Lines of "outermost;…;innermost count", as py-spy writes them with --format raw. */
export function readCollapsed(text: string, rootDir: string): Stack[] {
  return text.split('\n').flatMap((line) => {
    const [, stack, count] = /^(.+) (\d+)$/.exec(line.trim()) ?? [];
    if (stack === undefined) return [];
    const frames = stack.split(';').flatMap((frame) => frameOf(frame, rootDir));
    return frames.length === 0 ? [] : [{ frames: frames.reverse(), ms: (Number(count) / samplesPerSec) * 1000 }];
  });
}

/** "name (file.py:12)"; a process and its command line are no function. */
function frameOf(text: string, rootDir: string): Frame[] {
  if (/^(process|thread) \S/.test(text)) return [];
  const [, name, file] = /^(.*?) \((.*?)(?::\d+)?\)$/.exec(text) ?? [];
  if (name === undefined || file === undefined) return [{ name: text, file: null }];
  return [{ name, file: tidyFile(file, rootDir) }];
}
