import type { Loop } from '../../src/load/pace/loop.ts';
import { loadKernel } from '../../src/load/transport/kernel.ts';
import { createNativeLoop } from '../../src/load/transport/native-loop.ts';
import { createPortableLoop } from '../../src/load/transport/portable-loop.ts';

/** Both loops, the native one where it can be had: what holds for one must hold for the other. */
export const loopMakers: readonly (readonly [Loop['kind'], () => Loop])[] =
  loadKernel() === null
    ? [
        ['native', createNativeLoop],
        ['portable', createPortableLoop],
      ]
    : [['portable', createPortableLoop]];
