import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { createNode } from '../../../impls/_node/raft/core/node.ts';
import { type SimulationResult, simulate } from '../simulator/simulation.ts';
import { parseTranscript, replay, type Transcript } from '../transcript.ts';
import type { Mutation } from './mutations.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const coreFolder = join(root, 'impls', '_node', 'raft', 'core');
const vectorFolder = join(root, 'bench', 'raft', 'vectors');

export interface MutantResult {
  readonly what: string;
  readonly file: string;
  /** The first transcript that differs; null: none. */
  readonly vector: string | null;
  readonly differingCount: number;
  /** The first rule broken in a simulated cluster; null: none within the seeds tried. */
  readonly rule: string | null;
  readonly seed: number | null;
}

export interface NamedTranscript {
  readonly name: string;
  readonly transcript: Transcript;
}

export function loadTranscripts(): readonly NamedTranscript[] {
  const names = readdirSync(vectorFolder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.jsonl'),
  );
  return names
    .sort()
    .map((name) => ({ name, transcript: parseTranscript(readFileSync(join(vectorFolder, name), 'utf8')) }));
}

/** Puts one fault into a copy of the core and looks who notices. @throws Error where the fault's text is not in the core */
export async function testMutant(
  fault: Mutation,
  transcripts: readonly NamedTranscript[],
  seedCount: number,
): Promise<MutantResult> {
  return withMutant(fault, async (create) => {
    const differing = transcripts.filter(({ transcript }) => differs(transcript, create)).map(({ name }) => name);
    const broken = firstViolation(create, seedCount);
    const { what, file } = fault;
    return {
      what,
      file,
      vector: differing[0] ?? null,
      differingCount: differing.length,
      rule: broken?.violation?.rule ?? null,
      seed: broken?.seed ?? null,
    };
  });
}

/** Whether any transcript differs. */
export function isDetected(fault: Mutation, transcripts: readonly NamedTranscript[]): Promise<boolean> {
  return withMutant(fault, async (create) => transcripts.some(({ transcript }) => differs(transcript, create)));
}

async function withMutant<T>(fault: Mutation, use: (create: typeof createNode) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'raft-mutant-'));
  try {
    return await use(await loadMutant(fault, folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function loadMutant({ what, file, from, to }: Mutation, folder: string): Promise<typeof createNode> {
  cpSync(coreFolder, folder, { recursive: true });
  const path = join(folder, file);
  const source = readFileSync(path, 'utf8');
  if (source.split(from).length !== 2)
    throw new Error(`"${what}": its text is in ${file} ${source.split(from).length - 1} times`);
  writeFileSync(
    path,
    source.replace(from, () => to),
  );
  const mutant = await import(pathToFileURL(join(folder, 'node.ts')).href);
  return mutant.createNode;
}

/** A core that throws differs too. */
function differs(transcript: Transcript, create: typeof createNode): boolean {
  try {
    return replay(transcript, create) !== null;
  } catch {
    return true;
  }
}

function firstViolation(create: typeof createNode, seedCount: number): SimulationResult | null {
  for (let seed = 1; seed <= seedCount; seed++) {
    const result = simulate({ seed, stepCount: 600, createNode: create });
    if (result.violation !== null) return result;
  }
  return null;
}
