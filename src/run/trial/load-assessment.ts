import { k6Reasons } from '../../k6/assessment.ts';
import { assessGenerator, generatorDelayReason } from '../../model/generator-assessment.ts';
import { isOwnLoad, type MeasuredLoad } from '../../model/load-result.ts';

/** As a generator's assessment of itself, whichever engine sent. */
export type LoadAssessment =
  | { readonly status: 'valid' }
  | {
      readonly status: 'invalid';
      readonly voids: 'everything' | 'latency';
      readonly reasons: readonly { readonly code: string; readonly message: string }[];
    };

/** `coresUsed`: by the generator, where an outer meter knows. */
export function assessLoad(load: MeasuredLoad, coresUsed?: number): LoadAssessment {
  if (isOwnLoad(load)) return assessGenerator(load, coresUsed);
  const { generator } = load;
  const grave = generator.engine === 'k6' ? k6Reasons(load, generator) : [];
  const late = generatorDelayReason(load);
  if (grave.length > 0) return { status: 'invalid', voids: 'everything', reasons: grave };
  return late === null ? { status: 'valid' } : { status: 'invalid', voids: 'latency', reasons: [late] };
}
