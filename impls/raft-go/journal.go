package main

import (
	"sync"

	"paceline/impls/_go/raft"
)

// journal writes a node's persist effects, in order.
type journal interface {
	append(*raft.Persist)
	// write writes what was appended, and returns up to which effect all is durable now; 0: nothing new is. A journal that is
	// slow reports so later, through the mailbox.
	write() (seq uint64, err error)
	// close gives up what is not written yet: a crash flushes nothing.
	close()
}

// records are those not written yet.
type records struct {
	text []byte
	seq  uint64 // of the last
}

func (r *records) append(p *raft.Persist) {
	r.text = appendRecord(r.text, p)
	r.seq = p.Seq
}

func (r *records) reset() { *r = records{text: r.text[:0]} }

// fileJournal counts what the kernel has: it survives a killed process.
type fileJournal struct {
	log       *logFile
	unwritten records
}

func (j *fileJournal) append(p *raft.Persist) { j.unwritten.append(p) }

func (j *fileJournal) write() (seq uint64, err error) {
	if j.unwritten.seq == 0 {
		return 0, nil
	}
	seq = j.unwritten.seq
	err = j.log.write(j.unwritten.text)
	j.unwritten.reset()
	return seq, err
}

func (j *fileJournal) close() { j.log.close() }

// syncedJournal counts what the disk has. A goroutine of its own writes and syncs all that came during its last sync at once:
// group commit.
type syncedJournal struct {
	log  *logFile
	bell bell
	// durable and failed notify the node.
	durable func(seq uint64)
	failed  func(error)
	done    chan struct{}

	mu        sync.Mutex
	unwritten records
	closed    bool
}

func newSyncedJournal(log *logFile, durable func(seq uint64), failed func(error)) *syncedJournal {
	j := &syncedJournal{log: log, bell: newBell(), durable: durable, failed: failed, done: make(chan struct{})}
	go j.run()
	return j
}

func (j *syncedJournal) append(p *raft.Persist) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.unwritten.append(p)
}

func (j *syncedJournal) write() (seq uint64, err error) {
	j.bell.ring()
	return 0, nil
}

func (j *syncedJournal) run() {
	defer close(j.done)
	var batch records
	for range j.bell {
		closed := j.take(&batch)
		switch {
		case closed:
			return
		case batch.seq == 0:
			continue
		}
		if err := j.writeAndSync(batch.text); err != nil {
			j.failed(err)
			return
		}
		j.durable(batch.seq)
	}
}

func (j *syncedJournal) take(batch *records) (closed bool) {
	batch.reset()
	j.mu.Lock()
	defer j.mu.Unlock()
	*batch, j.unwritten = j.unwritten, *batch
	return j.closed
}

func (j *syncedJournal) writeAndSync(text []byte) error {
	if err := j.log.write(text); err != nil {
		return err
	}
	return j.log.sync()
}

// close waits for a sync under way.
func (j *syncedJournal) close() {
	j.mu.Lock()
	j.closed = true
	j.mu.Unlock()
	j.bell.ring()
	<-j.done
	j.log.close()
}
