// Prints a transcript with everything written out, and says where the core differs: npm run raft:replay -- FILE…
import { readFileSync } from 'node:fs';
import { createNode } from '../../impls/_node/raft/core/node.ts';
import { fullLine, parseTranscript, replay, stepOf } from './transcript.ts';

function printAll(file: string): void {
  const transcript = parseTranscript(readFileSync(file, 'utf8'));
  const node = createNode(transcript.config);
  for (const text of transcript.lines) {
    const { nowUs, input } = JSON.parse(text);
    process.stdout.write(`${fullLine(nowUs, input, stepOf(node, nowUs, input))}\n`);
  }
  const mismatch = replay(transcript, createNode);
  if (mismatch === null) return;
  process.stderr.write(`${file}:${mismatch.lineNumber} differs\nexpected ${mismatch.expected}\n`);
  process.exitCode = 1;
}

const files = process.argv.slice(2);
if (files.length === 0) {
  process.stderr.write(
    'usage: npm run raft:replay -- FILE…   (bench/raft/vectors/*.jsonl, bench/raft/vectors/generated/*.jsonl)\n',
  );
  process.exitCode = 2;
}
for (const file of files) {
  try {
    printAll(file);
  } catch (error) {
    process.stderr.write(`${file} is no transcript that can be read: ${(error as Error).message}\n`);
    process.exitCode = 2;
  }
}
