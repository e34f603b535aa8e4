#!/usr/bin/env node
// The one entry. npm puts the pinned Node (a platform package) first on PATH; where none fits the platform, the machine's
// own Node runs this file and must be new enough to run TypeScript directly. Plain JavaScript, so that an old Node can say so.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `paceline: this is Node ${process.versions.node}, and no pinned Node was found for ${process.platform}-${process.arch}.\n` +
      'Remedy: run `npm ci` in the checkout and start paceline with `npm run bench` (npm finds the pinned Node), or install Node 24 or newer.\n',
  );
  process.exit(3);
}
const { main } = await import('../src/cli/main.ts');
await main(process.argv);
