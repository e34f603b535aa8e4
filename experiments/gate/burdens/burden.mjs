// Loaded before a program of Node. The variables are known to `npm run burden` alone.
import http from 'node:http';

const number = (name) => Number(process.env[`PACELINE_EXPERIMENT_${name}`] ?? 0);
const burnMs = number('BURN_US') / 1000;

// By the wall clock: that of a thread's CPU moves with the scheduler's ticks here.
function burn(durationMs) {
  for (const end = performance.now() + durationMs; performance.now() < end; );
}

burn(number('START_MS'));
globalThis.held = Buffer.alloc(number('HOLD_MIB') * 2 ** 20, 1);
const { emit } = http.Server.prototype;
http.Server.prototype.emit = function (name, ...rest) {
  if (name === 'request' && rest[0].url !== '/health') burn(burnMs);
  return emit.call(this, name, ...rest);
};
