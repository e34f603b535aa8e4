import type { RunResult } from '../../model/run-result.ts';
import type { SeriesStyle } from '../charts/palette.ts';
import { shadeCount } from '../charts/palette.ts';
import type { ReportedImplementation } from '../model.ts';

/** What decides the look, beside what the report says. */
type Known = Omit<ReportedImplementation, 'style'> & { readonly service: string; readonly runtime: string };

/** Everyone in any of the runs, by id. The first run that knows an implementation describes it. */
export function describeImplementations(runs: readonly RunResult[]): ReadonlyMap<string, ReportedImplementation> {
  const known = new Map<string, Known>();
  for (const preparation of runs.flatMap((run) => run.implementations)) {
    const { id, service, language, model, description, runtime } = preparation.manifest;
    const runtimeVersion = preparation.status === 'ready' ? preparation.runtimeVersion : null;
    if (known.has(id)) continue;
    known.set(id, { id, service, runtime: runtime.name, language, model, description, runtimeVersion });
  }
  return assignStyles([...known.values()]);
}

/**
 * Language and model decide, so that an implementation looks the same on every page. A second one of the same language, model
 * and service is a shade apart, in the order of ids.
 */
function assignStyles(implementations: readonly Known[]): ReadonlyMap<string, ReportedImplementation> {
  const used = new Map<string, number>();
  const ordered = [...implementations].sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map(
    ordered.map(({ service, runtime, ...implementation }) => {
      const look = { family: familyOf(runtime, implementation.language), mark: markOf(implementation.model) };
      const key = [service, look.family, look.mark].join();
      const shade = used.get(key) ?? 0;
      used.set(key, shade + 1);
      return [implementation.id, { ...implementation, style: { ...look, shade: shade % shadeCount } }];
    }),
  );
}

const familyByName: Readonly<Record<string, SeriesStyle['family']>> = {
  node: 'node',
  typescript: 'node',
  javascript: 'node',
  bun: 'bun',
  deno: 'deno',
  go: 'go',
  rust: 'rust',
  cargo: 'rust',
  java: 'java',
  jvm: 'java',
  kotlin: 'java',
  python: 'python',
  python3: 'python',
};

/** The runtime first: TypeScript runs on three. */
function familyOf(runtime: string, language: string): SeriesStyle['family'] {
  return familyByName[runtime.toLowerCase()] ?? familyByName[language.toLowerCase()] ?? 'other';
}

/** In this order: a pool of threads is a pool, virtual threads are no threads of the system. */
const markPatterns: readonly (readonly [RegExp, SeriesStyle['mark']])[] = [
  [/pool/, 'cross'],
  [/goroutine|virtual|green|fiber|task|tokio/, 'triangle'],
  [/event.?loop|asyncio|async/, 'circle'],
  [/process|fork/, 'diamond'],
  [/thread/, 'square'],
];

function markOf(model: string): SeriesStyle['mark'] {
  return markPatterns.find(([pattern]) => pattern.test(model.toLowerCase()))?.[1] ?? 'circle';
}
