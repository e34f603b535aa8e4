import type { FuzzCase, FuzzStep } from '../model/fuzz.ts';

/** Tries of a case that may be spent on making it smaller. */
const maxTryCount = 40;

/**
 * A smaller case that still fails: earlier steps, header lines, query parameters and bytes of the body of the failing step are left
 * out one after the other where the failure stays. `stillFails` sends a case and decides.
 */
export async function shrink(
  failing: FuzzCase,
  stepIndex: number,
  stillFails: (candidate: FuzzCase) => Promise<boolean>,
): Promise<FuzzCase> {
  let best: FuzzCase = { ...failing, steps: failing.steps.slice(0, stepIndex + 1) };
  let tryCount = 0;
  for (let improved = true; improved && tryCount < maxTryCount; ) {
    improved = false;
    for (const candidate of candidates(best)) {
      if (tryCount === maxTryCount) break;
      tryCount += 1;
      if (!(await stillFails(candidate))) continue;
      best = candidate;
      improved = true;
      break;
    }
  }
  return best;
}

function* candidates(of: FuzzCase): Generator<FuzzCase> {
  const last = of.steps.at(-1);
  if (last === undefined) return;
  for (let index = 0; index < of.steps.length - 1; index++) yield { ...of, steps: of.steps.toSpliced(index, 1) };
  for (const template of smallerRequests(last.template)) {
    yield { ...of, steps: [...of.steps.slice(0, -1), { ...last, template } satisfies FuzzStep] };
  }
}

function* smallerRequests(template: string): Generator<string> {
  const end = template.indexOf('\r\n\r\n');
  if (end < 0) return;
  const lines = template.slice(0, end).split('\r\n');
  const body = template.slice(end + 4);
  // Host and the framing of the body stay: without them it is another request.
  for (let index = 1; index < lines.length; index++) {
    if (/^(host|content-length|transfer-encoding):/i.test(lines[index] ?? '')) continue;
    yield `${lines.toSpliced(index, 1).join('\r\n')}\r\n\r\n${body}`;
  }
  const [first = ''] = lines;
  const shorter = first.replace(/([?&])[^&# ]*(?:&|(?= ))/, '$1');
  if (shorter !== first) yield `${[shorter, ...lines.slice(1)].join('\r\n')}\r\n\r\n${body}`;
  for (const kept of [body.slice(0, body.length >> 1), body.slice(0, -1)]) {
    // Cut through a variable, it would be sent as it stands.
    if (kept.length < body.length && !/\$\{[^}]*$/.test(kept)) yield `${lines.join('\r\n')}\r\n\r\n${kept}`;
  }
}
