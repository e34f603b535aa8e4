import type { WireAnswer } from '../../model/run-result.ts';
import { openConnection } from '../client/http-client.ts';
import type { WireFile } from '../vectors/contract-file.ts';
import { toHttpRequest } from '../vectors/vector-run.ts';
import { type CheckOptions, type CheckResult, checkResult, runSetup } from './check-result.ts';

const answerMs = 10_000;

/** Sends the requests of a service's wire.json in their order, and keeps what came back as bytes. Throws where no answer comes. */
export async function observeWire({ setup, answers }: WireFile, options: CheckOptions): Promise<readonly WireAnswer[]> {
  const { run, failure } = await runSetup(options, setup);
  run.close();
  if (failure !== null) throw new Error(failure.detail);
  const variables: Record<string, string> = { ...run.variables };
  const observed: WireAnswer[] = [];
  for (const { name, request, captureId } of answers) {
    // A connection each: what a server says when it keeps one, and when it closes one, is not asked.
    const connection = await openConnection(options.baseUrl);
    const { status, headers, body } = await connection.send(toHttpRequest(request, variables), answerMs);
    connection.close();
    observed.push({ name, status, headerNames: [...headers.keys()].sort(), bodyBytes: body.length });
    if (captureId !== undefined) variables[captureId] = String((JSON.parse(body.toString()) as { id: unknown }).id);
  }
  return observed;
}

/** A difference beyond the allowed ones is a failed check: answers of other sizes are other work. */
export function judgeWire(observed: readonly WireAnswer[], file: WireFile): readonly CheckResult[] {
  return file.answers.map((wanted) => {
    const found = observed.find(({ name }) => name === wanted.name);
    const differences = found === undefined ? ['not observed'] : differencesOf(found, wanted, file.allowedHeaders);
    return checkResult(wanted.name, differences.length === 0, differences.join('; '));
  });
}

function differencesOf(
  found: WireAnswer,
  wanted: WireFile['answers'][number],
  allowedHeaders: WireFile['allowedHeaders'],
): string[] {
  const has = found.headerNames.filter((name) => !Object.hasOwn(allowedHeaders, name));
  const surplus = has.filter((name) => !wanted.headers.includes(name));
  const lacking = wanted.headers.filter((name) => !has.includes(name));
  const { bodyBytes } = wanted;
  return [
    ...(found.status === wanted.status ? [] : [`status ${found.status} where others answer ${wanted.status}`]),
    ...surplus.map((name) => `header ${name}, which others do not send`),
    ...lacking.map((name) => `no header ${name}, which others send`),
    ...(bodyBytes === null || found.bodyBytes === bodyBytes
      ? []
      : [`a body of ${found.bodyBytes} bytes where others send ${bodyBytes}`]),
  ];
}
