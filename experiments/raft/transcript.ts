import { crc32 } from 'node:zlib';
import type { NodeConfig } from '../../impls/_node/raft/core/config.ts';
import type { Effect } from '../../impls/_node/raft/core/effect.ts';
import type { Input } from '../../impls/_node/raft/core/input.ts';
import type { createNode, Node } from '../../impls/_node/raft/core/node.ts';
import type { NodeView } from '../../impls/_node/raft/core/view.ts';

/** Steps of one node: see bench/raft/contract.md, section 7. */
export interface Transcript {
  readonly title: string;
  readonly config: NodeConfig;
  /** Lines after the first, without their ends. */
  readonly lines: readonly string[];
}

export interface Outcome {
  readonly effects: readonly Effect[];
  readonly state: NodeView;
  readonly nextDeadlineUs: number;
}

/** The core makes its objects with their keys in the contract's order, so that this is canonical. */
export function canonical(value: unknown): string {
  return JSON.stringify(value);
}

export function stepOf(node: Node, nowUs: number, input: Input): Outcome {
  const effects = node.step(nowUs, input);
  return { effects, state: node.view(), nextDeadlineUs: node.nextDeadlineUs() };
}

export function fullLine(nowUs: number, input: Input, outcome: Outcome): string {
  return canonical({ nowUs, input, ...outcome });
}

export function digestLine(nowUs: number, input: Input, outcome: Outcome): string {
  return canonical({ nowUs, input, digest: digestOf(outcome) });
}

function digestOf(outcome: Outcome): string {
  return crc32(canonical(outcome)).toString(16).padStart(8, '0');
}

export function transcriptText({ title, config, lines }: Transcript): string {
  return [canonical({ title, config }), ...lines].map((line) => `${line}\n`).join('');
}

export function parseTranscript(text: string): Transcript {
  const [head = '', ...lines] = text.trimEnd().split('\n');
  const { title, config } = JSON.parse(head) as Transcript;
  return { title, config, lines };
}

export interface Mismatch {
  /** Of the file, from 1. */
  readonly lineNumber: number;
  readonly expected: string;
  readonly actual: string;
}

/** Steps a core through a transcript; null: it did everything byte for byte. */
export function replay({ config, lines }: Transcript, create: typeof createNode): Mismatch | null {
  const node = create(config);
  for (const [i, expected] of lines.entries()) {
    const line = JSON.parse(expected) as { nowUs: number; input: Input; digest?: string };
    const write = line.digest === undefined ? fullLine : digestLine;
    const outcome = stepOf(node, line.nowUs, line.input);
    const actual = write(line.nowUs, line.input, outcome);
    if (actual !== expected) return { lineNumber: i + 2, expected, actual: fullLine(line.nowUs, line.input, outcome) };
  }
  return null;
}
