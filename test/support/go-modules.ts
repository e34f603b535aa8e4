import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from './tool.ts';

/** The Go modules that lie side by side in folders of the checkout. */
export function goModules(...folders: readonly string[]): readonly { readonly name: string; readonly dir: string }[] {
  const paths = folders.map((folder) => join(import.meta.dirname, '..', '..', folder));
  return paths.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => existsSync(join(folder, name, 'go.mod')))
      .map((name) => ({ name, dir: join(folder, name) })),
  );
}

/** gofmt, go vet and go test -race. With -race both, so that what they import is compiled once. */
export function checkModule(dir: string): void {
  assert.equal(runTool(['gofmt', '-l', '.'], dir), '');
  runTool(['go', 'vet', '-race', './...'], dir);
  runTool(['go', 'test', '-race', './...'], dir);
}
