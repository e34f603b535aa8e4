import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scenario as quick } from '../../bench/scenarios/quick.ts';
import { scenario as everything } from '../../bench/scenarios/runtimes.ts';
import { HarnessError } from '../../src/model/harness-error.ts';
import { type Selection, selectImplementations } from '../../src/run/declarations.ts';
import { implsDir } from '../../src/run/paths.ts';
import { scanImplementations } from '../../src/target/manifest.ts';
import { sevenIds } from '../support/run-result.ts';

const located = await scanImplementations([implsDir]);
const nothing: Selection = { globs: [], runtimes: [], variants: null };

function crudIds(selection: Partial<Selection>, scenario = quick): string[] {
  return selectImplementations(located, scenario, { ...nothing, ...selection })
    .filter(({ implementation }) => implementation.service === 'crud')
    .map(({ implementation }) => implementation.id);
}

function refused(selection: Partial<Selection>): string {
  try {
    crudIds(selection);
  } catch (error) {
    assert.ok(error instanceof HarnessError);
    assert.equal(error.exitCode, 2);
    return `${error.message}; ${error.remedy}`;
  }
  return assert.fail('nothing was refused');
}

describe('what a run measures', () => {
  test('quick measures exactly the seven, whatever else lies in impls/: another one is `optional` in its manifest', () => {
    assert.deepEqual(crudIds({}), [...sevenIds].sort());
  });

  test('--runtimes brings those of a runtime beside the seven, by its name or its language', () => {
    const optional = located.filter(({ implementation: { service, optional, variantOf } }) =>
      Boolean(service === 'crud' && optional && variantOf === undefined),
    );
    for (const { implementation } of optional) {
      const ids = crudIds({ runtimes: [implementation.runtime.name] });
      assert.ok(ids.includes(implementation.id), implementation.id);
      assert.ok(ids.includes('crud-go'));
    }
    assert.deepEqual(crudIds({ runtimes: ['all'] }), crudIds({}, everything));
    assert.equal(crudIds({}, everything).length, 7 + optional.length);
  });

  test('an unknown runtime is refused with the known ones', () => {
    assert.match(refused({ runtimes: ['bnu'] }), /^unknown runtime "bnu"; .*cpython.*all$/);
  });

  test('a variant is measured where it is asked for, beside what it varies', () => {
    assert.deepEqual(crudIds({ globs: ['crud-go'], variants: ['gogc-*'] }), [
      'crud-go',
      'crud-go@gogc-50',
      'crud-go@gogc-200',
    ]);
    assert.deepEqual(crudIds({ globs: ['crud-go@gogc-50'] }), ['crud-go@gogc-50']);
    assert.deepEqual(crudIds({ globs: ['crud-go*'] }), ['crud-go']);
  });

  test('an unknown variant is refused with those of what is measured', () => {
    assert.match(
      refused({ globs: ['crud-go'], variants: ['gogc-51'] }),
      /^unknown variant "gogc-51"; did you mean "gogc-50"/,
    );
  });
});
