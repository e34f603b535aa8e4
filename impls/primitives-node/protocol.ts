/** Ends this process as soon as the harness is gone. Its children see their own channel close. */
export function endWithHarness(): void {
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('error', () => process.exit(0));
  process.stdin.resume();
}

/** The harness's word that its reading is done. */
export function waitForGo(): Promise<void> {
  return new Promise((resolve) => process.stdin.once('data', () => resolve()));
}

export function printLine(line: Readonly<Record<string, unknown>>): Promise<void> {
  return new Promise((resolve) => process.stdout.write(`${JSON.stringify(line)}\n`, () => resolve()));
}
