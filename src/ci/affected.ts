import { join } from 'node:path';
import { HarnessError } from '../model/harness-error.ts';
import { withoutVariants } from '../run/declarations.ts';
import { contractHash } from '../run/prepare.ts';
import type { LocatedImplementation } from '../target/manifest.ts';
import { sourceHash } from '../target/source-hash.ts';
import { type Checkout, findImplementation } from './checkouts.ts';
import type { Sides } from './revision.ts';

/** What a change does to an implementation. */
export interface AffectedImplementation {
  readonly id: string;
  readonly service: string;
  /** Measured only by name. */
  readonly isOptional: boolean;
  readonly change: 'sources' | 'contract' | 'added' | 'removed' | 'unchanged';
}

/** Every implementation of either side, head's first, by the hash of its folder, the code it shares and its contract. */
export async function affectedBy({ base, head }: Sides<Checkout>): Promise<AffectedImplementation[]> {
  const others = base.located.filter(({ implementation }) => findImplementation(head, implementation.id) === null);
  return Promise.all(
    withoutVariants([...head.located, ...others]).map(async ({ implementation: { id, service, optional } }) => ({
      id,
      service,
      isOptional: optional ?? false,
      change: await changeOf(id, base, head),
    })),
  );
}

async function changeOf(id: string, base: Checkout, head: Checkout): Promise<AffectedImplementation['change']> {
  const [before, after] = [findImplementation(base, id), findImplementation(head, id)];
  if (before === null) return 'added';
  if (after === null) return 'removed';
  if ((await fingerprint(before, base)) !== (await fingerprint(after, head))) return 'sources';
  const { service } = after.implementation;
  const [was, is] = await Promise.all([base, head].map(({ rootDir }) => contractHash(service, join(rootDir, 'bench'))));
  return was === is ? 'unchanged' : 'contract';
}

/** The toolchain is the same for both sides. What cannot be hashed is reported when it is built. */
async function fingerprint(located: LocatedImplementation, { rootDir, side }: Checkout): Promise<string> {
  const hash = await sourceHash(located, rootDir, {}).catch((error: unknown) => {
    if (error instanceof HarnessError) return side;
    throw error;
  });
  return JSON.stringify([hash, located.implementation]);
}
