package main

import (
	"os"
	"testing"
	"time"

	"paceline/impls/_go/raft"
)

func TestCloseWaitsForAGroupThatIsBeingWritten(t *testing.T) {
	log, _, _, err := openLog(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	size := func() int64 {
		info, err := os.Stat(log.file.Name())
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	before := size()
	j := newSyncedJournal(log, func(uint64) {}, func(err error) { t.Error(err) })
	j.append(&raft.Persist{Seq: 1, Term: 1, FromIndex: 1, Entries: []raft.Entry{{Term: 1, Command: string(make([]byte, 1<<26))}}})
	if _, err := j.write(); err != nil {
		t.Fatal(err)
	}
	for size() == before {
		time.Sleep(100 * time.Microsecond)
	}
	j.close()
	atRest := size()
	time.Sleep(100 * time.Millisecond)
	if got := size(); got != atRest || atRest < 1<<26 {
		t.Errorf("%d bytes when closed, %d later", atRest, got)
	}
}
