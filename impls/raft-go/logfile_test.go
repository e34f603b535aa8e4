package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"paceline/impls/_go/raft"
)

// someRecords are three, the last of which cuts the log; and what each of them leaves.
func someRecords() (text []byte, ends []int, states []persisted) {
	entry := func(term uint64, command string) raft.Entry { return raft.Entry{Term: term, Command: command} }
	text = []byte(logSignature)
	for _, p := range []raft.Persist{
		{Term: 1, VotedFor: 2},
		{Term: 1, VotedFor: 2, FromIndex: 1, Entries: []raft.Entry{entry(1, ""), entry(1, "a=ä"), entry(1, "b=2")}},
		{Term: 3, FromIndex: 2, Entries: []raft.Entry{entry(3, "c=3")}},
	} {
		text = appendRecord(text, &p)
		ends = append(ends, len(text))
	}
	return text, ends, []persisted{
		{},
		{term: 1, votedFor: 2},
		{term: 1, votedFor: 2, entries: []raft.Entry{entry(1, ""), entry(1, "a=ä"), entry(1, "b=2")}},
		{term: 3, entries: []raft.Entry{entry(1, ""), entry(3, "c=3")}},
	}
}

func writeLog(t *testing.T, text []byte) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "node-1.log"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func reopen(t *testing.T, dir string) (found persisted, droppedBytes int) {
	t.Helper()
	log, found, droppedBytes, err := openLog(dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	log.close()
	return found, droppedBytes
}

func TestLogIsCutAfterItsLastWholeRecordWhereverItTears(t *testing.T) {
	text, ends, states := someRecords()
	for size := range len(text) + 1 {
		whole, wholeBytes := 0, 0
		for i, end := range ends {
			if end <= size {
				whole, wholeBytes = i+1, end
			}
		}
		if size >= logSignatureBytes {
			wholeBytes = max(wholeBytes, logSignatureBytes)
		}
		dir := writeLog(t, text[:size])
		found, droppedBytes := reopen(t, dir)
		if !reflect.DeepEqual(found, states[whole]) || droppedBytes != size-wholeBytes {
			t.Fatalf("%d bytes: got %+v, %d dropped; want %+v, %d", size, found, droppedBytes, states[whole], size-wholeBytes)
		}
		if _, droppedBytes := reopen(t, dir); droppedBytes != 0 {
			t.Fatalf("%d bytes: %d more were dropped at the second reading", size, droppedBytes)
		}
	}
}

func TestLogEndsAtAnInvalidRecord(t *testing.T) {
	first := raft.Persist{Term: 1, FromIndex: 1, Entries: []raft.Entry{{Term: 1}}}
	good := appendRecord([]byte(logSignature), &first)
	record := func(p raft.Persist, change func([]byte)) []byte {
		text := appendRecord(nil, &p)
		change(text)
		return text
	}
	same := func([]byte) {}
	for name, bad := range map[string][]byte{
		"beyond the end":  record(raft.Persist{Term: 2, FromIndex: 3}, same),
		"at no index":     record(raft.Persist{Term: 2, Entries: []raft.Entry{{Term: 2}}}, same),
		"changed":         record(raft.Persist{Term: 2, FromIndex: 2}, func(text []byte) { text[len(text)-1] ^= 1 }),
		"of no length":    make([]byte, 64),
		"far too long":    bytes.Repeat([]byte{0xff}, 64),
		"of other length": record(raft.Persist{Term: 2}, func(text []byte) { text[0]-- }),
	} {
		found, droppedBytes := reopen(t, writeLog(t, append(append([]byte(nil), good...), bad...)))
		if droppedBytes != len(bad) || found.term != 1 || len(found.entries) != 1 {
			t.Errorf("%s: got %+v, %d dropped", name, found, droppedBytes)
		}
	}
}

func TestLogIsWrittenAfterWhatWasKept(t *testing.T) {
	text, ends, states := someRecords()
	dir := writeLog(t, text[:ends[1]+5])
	log, _, _, err := openLog(dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(log.write(text[ends[1]:]), log.sync()); err != nil {
		t.Fatal(err)
	}
	log.close()
	if found, droppedBytes := reopen(t, dir); droppedBytes != 0 || !reflect.DeepEqual(found, states[3]) {
		t.Errorf("got %+v, %d dropped", found, droppedBytes)
	}
}

func TestFilesOfOthersAreLeftAlone(t *testing.T) {
	dir := writeLog(t, []byte("somebody else's"))
	if _, _, _, err := openLog(dir, 1); !errors.Is(err, errForeignFile) {
		t.Errorf("got %v", err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "node-1.log")); err != nil || string(text) != "somebody else's" {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestFolderIsClaimedOnce(t *testing.T) {
	dir := t.TempDir()
	release, err := claim(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := claim(filepath.Join(dir, ".")); err == nil || !bytes.Contains([]byte(err.Error()), []byte("in use")) {
		t.Errorf("the second claim: got %v", err)
	}
	release()
	release, err = claim(dir)
	if err != nil {
		t.Fatal(err)
	}
	release()
	if _, err := claim(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that is not there was claimed")
	}
}
