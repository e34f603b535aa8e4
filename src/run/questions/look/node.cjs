'use strict';
// Preloaded into each thread of a Node program that is looked at: a line on standard error for each collection.
const { writeSync } = require('node:fs');
const { constants, PerformanceObserver } = require('node:perf_hooks');
const { getHeapStatistics } = require('node:v8');

const kinds = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weak callbacks',
};
let knownBytes = allocatedBytes();

// Of this thread so far; NaN where this Node does not tell.
function allocatedBytes() {
  return getHeapStatistics().total_allocated_bytes ?? Number.NaN;
}

new PerformanceObserver((list) => {
  const bytes = allocatedBytes();
  // What was allocated since the last look goes with the first of these collections.
  let allocated = Number.isNaN(bytes) ? null : bytes - knownBytes;
  for (const { detail, duration } of list.getEntries()) {
    const line = { kind: kinds[detail.kind] ?? 'other', pauseMs: duration, allocatedBytes: allocated };
    allocated = allocated === null ? null : 0;
    writeSync(2, `paceline-gc ${JSON.stringify(line)}\n`);
  }
  knownBytes = bytes;
}).observe({ entryTypes: ['gc'] });
