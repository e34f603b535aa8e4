/** What came of asking a program for its version. */
export type ProgramVersionResult =
  | { readonly status: 'answered'; readonly output: string }
  | { readonly status: 'failed'; readonly output: string }
  | { readonly status: 'not-found' };

export type QueryProgram = (command: readonly string[]) => Promise<ProgramVersionResult>;

/** The first run of numbers joined by dots, such as 1.26.8 in "go version go1.26.8 linux/amd64"; null where there is none. */
export function parseVersion(text: string): string | null {
  return /\d+(?:\.\d+)+/.exec(text)?.[0] ?? /\d+/.exec(text)?.[0] ?? null;
}

/** Number by number, missing ones count as 0: negative when a < b, 0 when equal. */
export function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export function firstLine(answer: ProgramVersionResult): string {
  return answer.status === 'not-found' ? '' : (answer.output.trim().split('\n')[0] ?? '').trim();
}
