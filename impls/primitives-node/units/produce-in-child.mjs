import { ready, serve } from './child.mjs';

/** Sends as fast as the channel takes: when its buffer is full it goes on where that is empty again. */
async function produce({ count, first }) {
  for (let value = first; value < first + count; value += 1) {
    if (!process.send(value)) await new Promise((drained) => process.send(null, drained));
  }
}

serve(produce);
ready();
