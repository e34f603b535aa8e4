package raft

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const vectors = "../../../bench/raft/vectors"

// transcriptStep is a line of a transcript: by hand with all effects and the state, generated with their digest.
type transcriptStep struct {
	NowUs  int64
	Input  transcriptInput
	Digest string
}

// transcriptInput has the fields of every input.
type transcriptInput struct {
	Type     string
	Term     uint64
	VotedFor int
	Entries  []Entry
	Random   Random
	Message  transcriptMessage
	Requests []Proposal
	IDs      []uint64
	Seq      uint64
}

func (in transcriptInput) input(t *testing.T) Input {
	switch in.Type {
	case "restart":
		return Restart{in.Term, in.VotedFor, in.Entries, in.Random}
	case "tick":
		return Tick{}
	case "message":
		return Receive{in.Message.message(t)}
	case "propose":
		return Propose{in.Requests}
	case "read":
		return Read{in.IDs}
	case "persisted":
		return Persisted{in.Seq}
	case "heartbeat":
		return Heartbeat{}
	}
	t.Fatalf("no input is of type %q", in.Type)
	return nil
}

// transcriptMessage has the fields of every message.
type transcriptMessage struct {
	Type                                           string
	From, To                                       int
	Term, LastLogIndex, LastLogTerm                uint64
	Granted, Success                               bool
	PrevLogIndex, PrevLogTerm, LeaderCommit, Round uint64
	Entries                                        []Entry
	MatchIndex, ConflictTerm, ConflictIndex        uint64
}

func (m transcriptMessage) message(t *testing.T) Message {
	head := Envelope{m.From, m.To, m.Term}
	switch m.Type {
	case "requestVotes":
		return RequestVotes{head, m.LastLogIndex, m.LastLogTerm}
	case "requestVotesReply":
		return RequestVotesReply{head, m.Granted}
	case "appendEntries":
		return AppendEntries{head, m.PrevLogIndex, m.PrevLogTerm, m.Entries, m.LeaderCommit, m.Round}
	case "appendEntriesReply":
		return AppendEntriesReply{head, m.Success, m.PrevLogIndex, m.MatchIndex, m.ConflictTerm, m.ConflictIndex, m.Round}
	}
	t.Fatalf("no message is of type %q", m.Type)
	return nil
}

func TestTranscriptsAreReplayedToTheByte(t *testing.T) {
	for _, folder := range []string{"", "generated"} {
		files, err := filepath.Glob(filepath.Join(vectors, folder, "*.jsonl"))
		if err != nil || len(files) == 0 {
			t.Errorf("there is nothing to replay in %s: %v", filepath.Join(vectors, folder), err)
		}
		for _, file := range files {
			t.Run(filepath.Base(file), func(t *testing.T) { replay(t, file) })
		}
	}
}

func replay(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	var head struct{ Config Config }
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &head) != nil || head.Config.ID == 0 {
		t.Fatal("the first line is no title and config")
	}
	n := NewNode(head.Config)
	steps := 0
	for ; lines.Scan(); steps++ {
		replayStep(t, n, lines.Text(), steps+2)
	}
	if steps == 0 || lines.Err() != nil {
		t.Errorf("%d steps, %v", steps, lines.Err())
	}
}

func replayStep(t *testing.T, n *Node, line string, number int) {
	var s transcriptStep
	if err := json.Unmarshal([]byte(line), &s); err != nil {
		t.Fatalf("line %d: %v", number, err)
	}
	got := stepText(n.Step(s.NowUs, s.Input.input(t)), n)
	if s.Digest != "" {
		if digest := fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte("{"+got))); digest != s.Digest {
			t.Fatalf("line %d: digest %s, want %s; got\n%s", number, digest, s.Digest, got)
		}
		return
	}
	// What comes before the effects is the input as it was read.
	_, want, found := strings.Cut(line, `,"effects":`)
	if want = `"effects":` + want; !found || got != want {
		t.Fatalf("line %d: got\n%s\nwant\n%s", number, got, want)
	}
}
