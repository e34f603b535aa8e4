import { z } from 'zod';

const count = z.int().nonnegative();

/** What GET /cluster answers, as far as the conductor needs it. */
const stateSchema = z.object({
  clusterSize: z.int().positive(),
  term: count,
  leader: z.int().nullable(),
  oneWayDelayUs: z.object({ count, p50: z.number(), p99: z.number() }).nullable(),
  nodes: z.array(
    z.object({
      id: z.int(),
      status: z.enum(['live', 'isolated', 'crashed']),
      term: count.nullable(),
      leader: z.int().nullable(),
    }),
  ),
});

const crashSchema = z.object({ id: z.int().positive(), crashedAtUs: count });

const electionsSchema = z.object({
  elections: z.array(
    z.object({
      number: z.int().positive(),
      crashedAtUs: count,
      electionUs: count.nullable(),
      terms: z.int().positive().nullable(),
    }),
  ),
});

export type ClusterState = z.infer<typeof stateSchema>;
export type ReportedElection = z.infer<typeof electionsSchema>['elections'][number];

interface CrashConditions {
  readonly synchronise: boolean;
  readonly laggards: number;
}

/** The cluster behind one target, by its routes under /cluster. Every method throws ClusterFailure. */
export interface ClusterControl {
  state(): Promise<ClusterState>;
  /** Gives the id of the node that was the leader; null where there was none to crash. */
  crashLeader(conditions: CrashConditions): Promise<number | null>;
  restart(node: number): Promise<void>;
  /** Of the crashes with a greater number, oldest first; those still open have no `electionUs`. */
  electionsAfter(number: number): Promise<readonly ReportedElection[]>;
}

/** A control route that did not do what the contract says: the target's doing. */
export class ClusterFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ClusterFailure';
  }
}

const answerMs = 15_000;

export function connectToCluster(baseUrl: string, signal: AbortSignal): ClusterControl {
  const call = async (method: 'GET' | 'POST', path: string, allowed: readonly number[], body?: object) => {
    const answer = await sendControlRequest(`${baseUrl}${path}`, method, body, signal);
    if (allowed.includes(answer.status)) return answer;
    throw new ClusterFailure(`${method} ${path} answered ${answer.status}: ${answer.text.slice(0, 200)}`);
  };
  return {
    async state() {
      const { text } = await call('GET', '/cluster', [200]);
      return parsed('GET /cluster', text, stateSchema);
    },
    async crashLeader(conditions) {
      const { status, text } = await call('POST', '/cluster/leader/crash', [200, 503, 504], conditions);
      return status === 200 ? parsed('POST /cluster/leader/crash', text, crashSchema).id : null;
    },
    async restart(node) {
      await call('POST', `/cluster/nodes/${node}/restart`, [200]);
    },
    async electionsAfter(number) {
      const { text } = await call('GET', `/cluster/elections?after=${number}`, [200]);
      return parsed('GET /cluster/elections', text, electionsSchema).elections;
    },
  };
}

async function sendControlRequest(
  url: string,
  method: string,
  body: object | undefined,
  signal: AbortSignal,
): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, {
      method,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    signal.throwIfAborted();
    const { message, cause } = error as Error;
    throw new ClusterFailure(`${method} ${url}: ${cause instanceof Error ? cause.message : message}`);
  }
}

function parsed<T>(what: string, text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
    throw new ClusterFailure(`${what} answered what the contract does not say: ${why}`);
  }
}
