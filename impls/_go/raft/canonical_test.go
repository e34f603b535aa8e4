package raft

import "fmt"

// The contract's canonical JSON: the keys in its order, no spaces, nothing to escape.

func join[T any](items []T, text func(T) string) string {
	out := "["
	for i, item := range items {
		if i > 0 {
			out += ","
		}
		out += text(item)
	}
	return out + "]"
}

func entriesText(entries []Entry) string {
	return join(entries, func(e Entry) string { return fmt.Sprintf(`{"term":%d,"command":"%s"}`, e.Term, e.Command) })
}

func messageText(message Message) string {
	head := func(kind string) string {
		e := message.Head()
		return fmt.Sprintf(`{"type":"%s","from":%d,"to":%d,"term":%d`, kind, e.From, e.To, e.Term)
	}
	switch m := message.(type) {
	case RequestVotes:
		return fmt.Sprintf(`%s,"lastLogIndex":%d,"lastLogTerm":%d}`, head("requestVotes"), m.LastLogIndex, m.LastLogTerm)
	case RequestVotesReply:
		return fmt.Sprintf(`%s,"granted":%t}`, head("requestVotesReply"), m.Granted)
	case AppendEntries:
		return fmt.Sprintf(`%s,"prevLogIndex":%d,"prevLogTerm":%d,"entries":%s,"leaderCommit":%d,"round":%d}`,
			head("appendEntries"), m.PrevLogIndex, m.PrevLogTerm, entriesText(m.Entries), m.LeaderCommit, m.Round)
	case AppendEntriesReply:
		return fmt.Sprintf(
			`%s,"success":%t,"prevLogIndex":%d,"matchIndex":%d,"conflictTerm":%d,"conflictIndex":%d,"round":%d}`,
			head("appendEntriesReply"), m.Success, m.PrevLogIndex, m.MatchIndex, m.ConflictTerm, m.ConflictIndex, m.Round)
	}
	panic(fmt.Sprintf("no text for %T", message))
}

func effectsText(effects Effects) string {
	var texts []string
	if p := effects.Persist; p != nil {
		texts = append(texts, fmt.Sprintf(`{"type":"persist","seq":%d,"term":%d,"votedFor":%d,"fromIndex":%d,"entries":%s}`,
			p.Seq, p.Term, p.VotedFor, p.FromIndex, entriesText(p.Entries)))
	}
	for _, m := range effects.Sends {
		texts = append(texts, fmt.Sprintf(`{"type":"send","message":%s}`, messageText(m)))
	}
	if a := effects.Apply; a != nil {
		texts = append(texts, fmt.Sprintf(`{"type":"apply","fromIndex":%d,"entries":%s}`, a.FromIndex, entriesText(a.Entries)))
	}
	for _, r := range effects.Replies {
		texts = append(texts, fmt.Sprintf(`{"type":"reply","id":%d,"outcome":"%s","index":%d,"term":%d}`,
			r.ID, r.Outcome, r.Index, r.Term))
	}
	if r := effects.Role; r != nil {
		texts = append(texts, fmt.Sprintf(`{"type":"role","role":"%s","term":%d,"leader":%d}`, r.Role, r.Term, r.Leader))
	}
	return join(texts, func(text string) string { return text })
}

func statusText(s Status) string {
	votes := join(s.Votes, func(id int) string { return fmt.Sprint(id) })
	peers := join(s.Peers, func(p PeerStatus) string {
		return fmt.Sprintf(
			`{"id":%d,"nextIndex":%d,"matchIndex":%d,"probing":%t,"paused":%t,"ackedUs":%d,"ackedRound":%d}`,
			p.ID, p.NextIndex, p.MatchIndex, p.Probing, p.Paused, p.AckedUs, p.AckedRound)
	})
	return fmt.Sprintf(`{"role":"%s","term":%d,"votedFor":%d,"leader":%d,"commitIndex":%d,"lastLogIndex":%d,`+
		`"lastLogTerm":%d,"durableIndex":%d,"random":%d,"held":%d,"votes":%s,"round":%d,"confirmedRound":%d,"proposals":%d,`+
		`"reads":%d,"peers":%s}`,
		s.Role, s.Term, s.VotedFor, s.Leader, s.CommitIndex, s.LastLogIndex, s.LastLogTerm, s.DurableIndex, s.Random, s.Held,
		votes, s.Round, s.ConfirmedRound, s.Proposals, s.Reads, peers)
}

func stepText(effects Effects, n *Node) string {
	return fmt.Sprintf(`"effects":%s,"state":%s,"nextDeadlineUs":%d}`,
		effectsText(effects), statusText(n.Status()), n.NextDeadlineUs())
}
