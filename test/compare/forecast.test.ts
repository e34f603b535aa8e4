import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forecastOf } from '../../src/compare/forecast.ts';
import { questionOf } from '../../src/model/cell-key.ts';
import { okTrials, runResult, spec } from '../support/run-result.ts';

const asked = { question: questionOf(spec()), implementationCount: 7, roundCount: 5 };
const earlier = runResult({
  trials: ['crud-go', 'crud-node-async', 'crud-python-flask'].flatMap((implementation) =>
    okTrials(5, { implementation }, 0.04),
  ),
});

test('what a run will tell follows from the spread of earlier ones, its rounds and its implementations', () => {
  const forecast = forecastOf(asked, [earlier]);
  // Tukey's 4.541 ÷ √2 for 7 and 24, times √(2/5).
  const expected = Math.expm1((4.5413 / Math.SQRT2) * Math.log1p(forecast?.spreadRatio ?? 0) * Math.sqrt(2 / 5));
  assert.ok(Math.abs((forecast?.halfWidthRatio ?? 0) - expected) < 1e-5);
  const more = forecastOf({ ...asked, roundCount: 10 }, [earlier]);
  assert.ok((more?.halfWidthRatio ?? 1) < (forecast?.halfWidthRatio ?? 0) * 0.72);
});

test('without an earlier result of the question, or with one implementation, nothing is foretold', () => {
  assert.equal(forecastOf(asked, []), null);
  assert.equal(forecastOf({ ...asked, question: { ...asked.question, ratePerSec: 50 } }, [earlier]), null);
  assert.equal(forecastOf({ ...asked, implementationCount: 1 }, [earlier]), null);
});
