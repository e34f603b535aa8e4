import { HarnessError } from '../../model/harness-error.ts';
import { loadKernel } from '../transport/kernel.ts';
import { createNativeLoop } from '../transport/native-loop.ts';
import { createPortableLoop } from '../transport/portable-loop.ts';
import type { TargetAddress } from '../transport/socket.ts';
import type { Loop } from './loop.ts';

/** Where the native loop was measured and its tests ran. */
const testedArchs: readonly string[] = ['x64'];

/** The loop that was asked for; null: the native one where it is known to work. Throws HarnessError where it cannot be had. */
export function openLoop(requested: Loop['kind'] | null, { isSecure }: Pick<TargetAddress, 'isSecure'>): Loop {
  if (requested === 'portable') return createPortableLoop();
  const obstacle = isSecure ? 'it does not speak TLS' : loadKernel();
  if (requested === 'native' && obstacle !== null) {
    throw new HarnessError('usage', `the native transport cannot be used: ${obstacle}`, 'leave --transport away');
  }
  const isUntested = requested === null && !testedArchs.includes(process.arch);
  return obstacle !== null || isUntested ? createPortableLoop() : createNativeLoop();
}
