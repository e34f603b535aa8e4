import type { Group, PrimitiveSection, Question, ReportModel } from '../model.ts';
import type { Chart } from './chart.ts';
import { largestClusterBars, rateCharts, sizeCharts } from './group-charts.ts';
import { primitiveCharts } from './primitive-charts.ts';
import { questionCharts } from './question-charts.ts';

type ChartedSection = Question | Group | PrimitiveSection;

/** Every chart of a report, by the part of the model that it draws. Only the page draws. */
export type ReportCharts = ReadonlyMap<ChartedSection, readonly Chart[]>;

export function reportCharts({ groups, primitives }: ReportModel): ReportCharts {
  const questions = groups.flatMap((group) => group.questions);
  return new Map<ChartedSection, readonly Chart[]>([
    ...groups.map((group) => [group, groupCharts(group)] as const),
    ...questions.map((question) => [question, questionCharts(question)] as const),
    ...primitives.map((section) => [section, primitiveCharts(section)] as const),
  ]);
}

function groupCharts({ id, questions, largest }: Group): Chart[] {
  return [...largestClusterBars(id, largest), ...rateCharts(id, questions), ...sizeCharts(id, questions)];
}
