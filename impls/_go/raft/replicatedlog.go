package raft

import "sort"

// ReplicatedLog holds the entries, counted from index 1. Index 0 is before the first and has term 0.
type ReplicatedLog struct {
	entries []Entry
}

func newReplicatedLog(entries []Entry) ReplicatedLog {
	return ReplicatedLog{entries: entries[:len(entries):len(entries)]}
}

func (l *ReplicatedLog) lastIndex() uint64 { return uint64(len(l.entries)) }

func (l *ReplicatedLog) lastTerm() uint64 { return l.termAt(l.lastIndex()) }

// termAt is 0 where there is no entry.
func (l *ReplicatedLog) termAt(index uint64) uint64 {
	if index == 0 || index > l.lastIndex() {
		return 0
	}
	return l.entries[index-1].Term
}

func (l *ReplicatedLog) append(entries ...Entry) {
	l.entries = append(l.entries, entries...)
}

// cutBefore drops the entries from index on. What is appended next goes to a new array: slices of the old one may be under
// way in messages.
func (l *ReplicatedLog) cutBefore(index uint64) {
	l.entries = l.entries[: index-1 : index-1]
}

// slice gives at most count entries from index on, without copying them.
func (l *ReplicatedLog) slice(index uint64, count int) []Entry {
	if index > l.lastIndex() {
		return nil
	}
	from := int(index - 1)
	to := min(from+count, len(l.entries))
	return l.entries[from:to:to]
}

func (l *ReplicatedLog) from(index uint64) []Entry {
	return l.slice(index, len(l.entries))
}

// firstIndexFrom is the first index whose term is not less, or the one after the last. Terms never fall along a log.
func (l *ReplicatedLog) firstIndexFrom(term uint64) uint64 {
	return 1 + uint64(sort.Search(len(l.entries), func(i int) bool { return l.entries[i].Term >= term }))
}

// lastIndexOf is the last index of the term at or before an index; 0 if there is none.
func (l *ReplicatedLog) lastIndexOf(term, atIndex uint64) uint64 {
	index := min(l.firstIndexFrom(term+1)-1, atIndex)
	if l.termAt(index) != term {
		return 0
	}
	return index
}
