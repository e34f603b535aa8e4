import { z } from 'zod';
import { primitiveCheckSchema, primitiveSampleSchema } from '../model/primitive-result.ts';

const positiveOrNull = z.int().positive().nullable();
const whose = { primitive: z.string(), variant: z.string(), size: z.int().nonnegative().nullable() };

/** A line that a primitives runner prints: bench/primitives/contract.md, sections 1 to 4. */
export const runnerLineSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ready'),
    doneCount: z.int().nonnegative(),
    osThreadCount: positiveOrNull,
    processCount: positiveOrNull,
  }),
  z.strictObject({
    type: z.literal('time'),
    ...whose,
    tool: z.string().min(1),
    samples: z.array(primitiveSampleSchema).min(1),
    emptyLoop: z.array(primitiveSampleSchema),
    clockStepNs: z.number().positive(),
    warmupOperationCount: z.int().nonnegative(),
    osThreadCount: positiveOrNull,
    processCount: positiveOrNull,
    check: primitiveCheckSchema,
  }),
  z.strictObject({ type: z.literal('memory'), ...whose, check: primitiveCheckSchema }),
  z.strictObject({ type: z.literal('unsupported'), reason: z.string().min(1) }),
]);

export type RunnerLine = z.infer<typeof runnerLineSchema>;
export type TimeLine = Extract<RunnerLine, { type: 'time' }>;

/** The line as the contract knows it, or what is wrong with it in a sentence. */
export function parseRunnerLine(text: string): RunnerLine | string {
  const value = parseJson(text);
  if (value === undefined) return `a line is not whole JSON: ${shortened(text)}`;
  const checked = runnerLineSchema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  return `a line breaks the contract: ${issue?.path.join('.') || 'the whole line'}: ${issue?.message}: ${shortened(text)}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function shortened(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 120)}… (${text.length} characters)`;
}
