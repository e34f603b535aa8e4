import { HarnessError } from '../../model/harness-error.ts';
import type { Implementation } from '../../model/implementation.ts';
import type { Warning } from '../../model/warning.ts';
import { askOnce } from '../../os/ask-once.ts';
import { pause } from '../../os/child-process.ts';
import { openRunningProgram, type RunningProgram } from '../../probe/running-program.ts';
import { expand } from '../../target/manifest.ts';
import { TrialFailure } from './observations.ts';
import { startInGroup, type TargetGroup, type TargetGroupOptions } from './target-group.ts';

/** Starts a target, or finds one that somebody else has started. One that does not answer is a TrialFailure. */
export function openTarget(options: TargetGroupOptions): Promise<TargetGroup> {
  const { running } = options.preparedImplementation.located.implementation;
  return running === undefined ? startInGroup(options) : findTarget(running, options);
}

/** Throws HarnessError usage for a target that runs already; `why` it must be started here. */
export function assertOurs({ id, running }: Implementation, why: string): void {
  if (running === undefined) return;
  throw new HarnessError('usage', `${id} runs already, and ${why}`, 'give the target a `command` instead of its `url`');
}

type Running = NonNullable<Implementation['running']>;

/** Asked whether it is there, and nothing else: it is neither limited nor stopped. */
async function findTarget(
  { url, program: name }: Running,
  { preparedImplementation, limit, session }: TargetGroupOptions,
): Promise<TargetGroup> {
  const { implementation } = preparedImplementation.located;
  if (limit !== null) assertOurs(implementation, 'only what paceline starts can be given a limit');
  const baseUrl = new URL(expand(url, {})).origin;
  const program = name === null ? null : await openRunningProgram(name);
  await untilReady(baseUrl, implementation, session.signal);
  const watch = program === null ? null : watchEnd(program);
  return {
    target: {
      baseUrl,
      pid: null,
      startupMs: null,
      logTail: () => '',
      stop: () => Promise.reject(new Error(`${implementation.id} is not ours to stop`)),
    },
    died: watch?.died ?? new Promise(() => {}),
    probe: program?.probe ?? null,
    events: null,
    group: null,
    strays: { look: () => [], kill: () => {} },
    dispose: async () => watch?.end(),
  };
}

const defaultReadiness = { path: '/', status: null, limitMs: 30_000 } as const;
const answerLimitMs = 5_000;
const pollMs = 100;

async function untilReady(origin: string, { readiness }: Implementation, signal: AbortSignal): Promise<void> {
  const { path, status, limitMs } = readiness ?? defaultReadiness;
  const endMs = performance.now() + limitMs;
  const ask = async () => {
    try {
      const request = { method: 'GET', path, headers: {}, body: null } as const;
      const answer = await askOnce(origin, request, { timeoutMs: Math.min(limitMs, answerLimitMs), signal });
      const isReady = status === null ? answer.status < 500 : answer.status === status;
      return isReady ? null : `status ${answer.status}`;
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error;
      return error.message;
    }
  };
  for (let wrong = await ask(); wrong !== null; wrong = await ask()) {
    if (performance.now() > endMs) {
      const wanted = status === null ? 'with a status below 500' : status;
      const message = `GET ${origin}${path} did not answer ${wanted} within ${limitMs / 1_000} s (last: ${wrong})`;
      throw new TrialFailure('never-ready', message);
    }
    await pause(pollMs, signal);
  }
}

interface EndWatch {
  readonly died: Promise<string>;
  end(): void;
}

/** A look now and then: it is nobody's child here. */
function watchEnd(program: RunningProgram): EndWatch {
  const { promise: died, resolve } = Promise.withResolvers<string>();
  const timer = setInterval(() => {
    if (!program.isThere()) resolve(`${program.title} ended while it was measured`);
  }, pollMs);
  return { died, end: () => clearInterval(timer) };
}

/** What a reader of its numbers must know. Throws HarnessError where the program that is named is not there. */
export async function runningWarnings({ id, running }: Implementation): Promise<Warning[]> {
  if (running === undefined) return [];
  const shared: Warning = {
    code: 'not-fresh',
    message: `the trials of ${id} share one process: it runs already, and has no start-up and no idle of its own`,
    advice: 'let paceline start it, with `command`, where trials must be independent',
  };
  if (running.program === null) {
    const message = `no CPU and no memory are known of ${id}: it runs already, and no program was named`;
    return [shared, { code: 'no-program', message, advice: 'name it: `program: { pid: 4711 }`, cgroup or container' }];
  }
  const { caveat, title } = await openRunningProgram(running.program);
  return [shared, ...(caveat === null ? [] : [{ code: 'shared-pages', message: `${title}: ${caveat}`, advice: null }])];
}
