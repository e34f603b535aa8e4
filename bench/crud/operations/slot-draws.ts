import type { WorkloadContext } from '../../../src/model/workload.ts';
import type { Random } from '../../../src/stats/random.ts';
import { fileId, fileName, filesPerUserCount, revokedToken, userCount } from '../dataset.ts';
import { currentUserOperation } from './accounts.ts';
import { wrongStatus } from './answer.ts';
import { type FileSlot, type FileSlots, type Files, openChangedFiles, openFileBodies } from './files.ts';
import { listFirstPage, listNextPage } from './list-files.ts';
import { popularFile } from './popular-file.ts';
import { readChanged } from './read-changed.ts';
import { readContent, readFile, revalidateContent } from './read-file.ts';
import { userHeaders } from './request.ts';
import { type Draw, named, noAcknowledged } from './session.ts';
import { createFile, deleteFile, replaceFile } from './write-file.ts';

/** Users from here on are only read; those before own what sessions make. */
const firstReadUser = userCount / 2;
const readUserCount = userCount - firstReadUser;
/** A session holds so many files of its own before it replaces or deletes one. */
const leastOwnCount = 4;

/**
 * File history for sessions that know nothing of each other: each changes only the files that it made, and reads those besides that
 * nobody changes. Where a session has no file to replace or delete, it makes one.
 */
export function slotDraws(context: WorkloadContext, random: Random) {
  const unchanged = filesIn(context, openUnchangedFiles(context.seed));
  const slots = openOwnSlots(context);
  const own = filesIn(context, slots);
  const popular = popularFile(random);
  const readUser = () => firstReadUser + random.below(readUserCount);
  const create = createFile(own);
  const orCreate = (draw: Draw): Draw => {
    return () => (slots.madeCount < leastOwnCount ? null : draw()) ?? create();
  };
  const draws = {
    read: readFile(unchanged, popular),
    content: readContent(unchanged, popular),
    'read-changed': readOwnChange(own, unchanged, popular),
    revalidate: revalidateContent(unchanged, popular),
    list: listFirstPage(unchanged, readUser),
    'list-next': listNextPage(unchanged, readUser),
    create,
    replace: orCreate(replaceFile(own, () => 0)),
    delete: orCreate(deleteFile(own, () => 0)),
    'use-session': useSession(context.seed, readUser),
    'use-ended': useEnded(context.seed, readUser),
  };
  return { draws, acknowledged: own.acknowledged };
}

function filesIn({ seed }: WorkloadContext, slots: FileSlots): Files {
  return {
    ...{ seed, slots, bodies: openFileBodies(seed), changed: openChangedFiles() },
    ...{ headers: userHeaders(seed), acknowledged: noAcknowledged() },
  };
}

/** The newest change of its own, else a file that nobody changes: drawn in any case, since what is drawn may not depend on answers. */
function readOwnChange(own: Files, unchanged: Files, popular: () => number): Draw {
  let place = 0;
  const change = readChanged(own, () => 0);
  const other = named(
    'read-changed',
    readContent(unchanged, () => place),
  );
  return () => {
    place = popular();
    return change() ?? other();
  };
}

/** The seeded files of the users that are only read. A slot is made when it is first asked for: a session starts with none. */
function openUnchangedFiles(seed: number): FileSlots {
  const made = new Map<number, FileSlot>();
  const slotAt = (owner: number, turn: number): FileSlot => {
    const file = owner + turn * userCount;
    const slot = made.get(file) ?? newSlot(owner, file);
    made.set(file, slot);
    return slot;
  };
  const newSlot = (owner: number, file: number): FileSlot => {
    const known = { owner, name: fileName(file), id: fileId(seed, file), version: 1, crc: null };
    return { ...known, state: 'present', settledAt: 0 };
  };
  const cannotWrite = () => {
    throw new Error('these files are only read');
  };
  return {
    take: (from) =>
      slotAt(firstReadUser + (from % readUserCount), Math.floor(from / readUserCount) % filesPerUserCount),
    takeVacant: cannotWrite,
    release() {},
    settle: cannotWrite,
    named(name) {
      const file = Number(/^file-(\d+)$/.exec(name)?.[1] ?? 0) - 1;
      const [owner, turn] = [file % userCount, Math.floor(file / userCount)];
      return owner >= firstReadUser && turn < filesPerUserCount ? slotAt(owner, turn) : null;
    },
    *ofOwner(owner) {
      for (let turn = 0; turn < filesPerUserCount; turn += 1) yield slotAt(owner, turn);
    },
    writeCount: 0,
  };
}

/** What a session makes itself: `take` gives the file that was written longest ago. */
function openOwnSlots({ iteration }: WorkloadContext): FileSlots & { readonly madeCount: number } {
  const known: FileSlot[] = [];
  let madeCount = 0;
  let writeCount = 0;
  return {
    take(_, state) {
      const place = known.findIndex((slot) => slot.state === 'present');
      if (place === -1) return null;
      const [slot] = known.splice(place, 1) as [FileSlot];
      slot.state = state;
      return slot;
    },
    takeVacant() {
      const owner = (iteration?.() ?? madeCount) % firstReadUser;
      madeCount += 1;
      const name = `file-slot-${String(madeCount).padStart(5, '0')}`;
      return { owner, name, state: 'writing', id: '', version: 0, crc: null, settledAt: 0 };
    },
    release: (slot) => give(slot, 'present'),
    settle(slot, state) {
      writeCount += 1;
      slot.settledAt = writeCount;
      give(slot, state);
    },
    named: () => null,
    ofOwner: () => [],
    get writeCount() {
      return writeCount;
    },
    get madeCount() {
      return madeCount;
    },
  };

  function give(slot: FileSlot, state: FileSlot['state']) {
    slot.state = state;
    if (state === 'present' && !known.includes(slot)) known.push(slot);
  }
}

/** GET /users/me with a session that lives. */
function useSession(seed: number, user: () => number): Draw {
  return named('use-session', () => currentUserOperation(seed, user(), 1));
}

/** GET /users/me with one that has ended. */
function useEnded(seed: number, user: () => number): Draw {
  return () => ({
    name: 'use-ended',
    request: {
      method: 'GET',
      path: '/users/me',
      headers: { authorization: `Bearer ${revokedToken(seed, user())}` },
      body: null,
    },
    check: (response) => wrongStatus(response, 401),
    abandon() {},
  });
}
