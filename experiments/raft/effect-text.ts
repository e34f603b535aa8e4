import type { Effect, Persist } from '../../impls/_node/raft/core/effect.ts';
import type { Entry, Message } from '../../impls/_node/raft/core/message.ts';

/** An effect in a few words, such as `send 2 requestVotes term 1 last 0/0`. */
export function effectText(effect: Effect): string {
  switch (effect.type) {
    case 'persist':
      return `persist ${effect.seq} term ${effect.term} vote ${effect.votedFor}${writtenText(effect)}`;
    case 'send':
      return `send ${effect.message.to} ${messageText(effect.message)}`;
    case 'apply':
      return `apply ${effect.fromIndex}: ${entriesText(effect.entries)}`;
    case 'reply':
      return `reply ${effect.id} ${effect.outcome} ${effect.index}`;
    case 'role':
      return `role ${effect.role} term ${effect.term} leader ${effect.leader}`;
  }
}

function writtenText({ fromIndex, entries }: Persist): string {
  return fromIndex === 0 ? '' : ` from ${fromIndex}: ${entriesText(entries)}`;
}

function entriesText(entries: readonly Entry[]): string {
  return entries.map(({ term, command }) => `${term}${command}`).join(' ');
}

function messageText(message: Message): string {
  const { type, term } = message;
  switch (message.type) {
    case 'requestVotes':
      return `${type} term ${term} last ${message.lastLogIndex}/${message.lastLogTerm}`;
    case 'requestVotesReply':
      return `${message.granted ? 'vote' : 'no vote'} term ${term}`;
    case 'appendEntries': {
      const entries = message.entries.length === 0 ? 'nothing' : entriesText(message.entries);
      const round = message.round === 0 ? '' : ` round ${message.round}`;
      return `append ${entries} term ${term} after ${message.prevLogIndex}/${message.prevLogTerm} commit ${message.leaderCommit}${round}`;
    }
    case 'appendEntriesReply': {
      const round = message.round === 0 ? '' : ` round ${message.round}`;
      const conflict = `rejected ${message.prevLogIndex} conflict ${message.conflictIndex}/${message.conflictTerm}`;
      return `${message.success ? `appended to ${message.matchIndex}` : conflict} term ${term}${round}`;
    }
  }
}
