import { openSubject, type Subject } from '../run/questions/subject.ts';
import type { CommandContext } from './context.ts';
import { type MovingLine, progressLine } from './progress.ts';

interface SubjectFlags {
  readonly workload?: string;
  readonly impls?: string[];
}

/** Puts a question to one implementation, built and checked, and cleans up after it. */
export async function askSubject<T>(
  id: string,
  { workload, impls }: SubjectFlags,
  context: CommandContext,
  ask: (subject: Subject, line: MovingLine) => Promise<T>,
): Promise<T> {
  const line = progressLine(context.stderr);
  const onStep = (text: string) => context.stderr.print(`${text}\n`);
  const request = { id, implementationDirs: impls ?? [], workload: workload ?? null };
  const project = await context.loadProject();
  const subject = await openSubject(request, { signal: context.signal, env: context.env, onStep, project });
  try {
    return await ask(subject, line);
  } finally {
    line.end();
    await subject.session.close();
  }
}
