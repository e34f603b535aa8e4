package main

import (
	"encoding/binary"
	"hash/crc32"

	"paceline/impls/_go/raft"
)

const (
	recordHeadBytes   = 8  // length u32, crc u32
	payloadHeadBytes  = 24 // term u64, votedFor u32, fromIndex u64, count u32
	entryHeadBytes    = 12 // term u64, length u32
	maxPayloadBytes   = 1 << 28
	logSignature      = "PLRAFT1\n"
	logSignatureBytes = len(logSignature)
)

// persisted is the content of a log file.
type persisted struct {
	term     uint64
	votedFor int
	entries  []raft.Entry
}

// appendRecord writes a persist effect as the file has it.
func appendRecord(to []byte, p *raft.Persist) []byte {
	le := binary.LittleEndian
	start := len(to)
	to = append(to, make([]byte, recordHeadBytes)...)
	to = le.AppendUint64(to, p.Term)
	to = le.AppendUint32(to, uint32(p.VotedFor))
	to = le.AppendUint64(to, p.FromIndex)
	to = le.AppendUint32(to, uint32(len(p.Entries)))
	for _, entry := range p.Entries {
		to = le.AppendUint64(to, entry.Term)
		to = le.AppendUint32(to, uint32(len(entry.Command)))
		to = append(to, entry.Command...)
	}
	payload := to[start+recordHeadBytes:]
	le.PutUint32(to[start:], uint32(len(payload)))
	le.PutUint32(to[start+4:], crc32.ChecksumIEEE(payload))
	return to
}

// takeRecords takes the whole records that the text begins with, and returns how many bytes they have.
func (p *persisted) takeRecords(text []byte) (wholeBytes int) {
	for {
		payload, whole := firstPayload(text[wholeBytes:])
		if !whole || !p.takePayload(payload) {
			return wholeBytes
		}
		wholeBytes += recordHeadBytes + len(payload)
	}
}

func firstPayload(text []byte) (payload []byte, whole bool) {
	if len(text) < recordHeadBytes {
		return nil, false
	}
	length := binary.LittleEndian.Uint32(text)
	if length < 1 || length > maxPayloadBytes || int(length) > len(text)-recordHeadBytes {
		return nil, false
	}
	payload = text[recordHeadBytes : recordHeadBytes+int(length)]
	return payload, crc32.ChecksumIEEE(payload) == binary.LittleEndian.Uint32(text[4:])
}

// takePayload changes nothing unless the payload makes sense.
func (p *persisted) takePayload(payload []byte) bool {
	if len(payload) < payloadHeadBytes {
		return false
	}
	le := binary.LittleEndian
	term, votedFor, fromIndex := le.Uint64(payload), le.Uint32(payload[8:]), le.Uint64(payload[12:])
	entries, ok := readEntries(payload[payloadHeadBytes:], le.Uint32(payload[20:]))
	switch {
	case !ok || fromIndex > uint64(len(p.entries))+1 || (fromIndex == 0 && len(entries) > 0):
		return false
	case fromIndex > 0:
		p.entries = append(p.entries[:fromIndex-1], entries...)
	}
	p.term, p.votedFor = term, int(votedFor)
	return true
}

// readEntries wants exactly as many as are announced.
func readEntries(text []byte, count uint32) (entries []raft.Entry, ok bool) {
	le := binary.LittleEndian
	for range count {
		if len(text) < entryHeadBytes {
			return nil, false
		}
		term, length := le.Uint64(text), int(le.Uint32(text[8:]))
		if text = text[entryHeadBytes:]; length > len(text) {
			return nil, false
		}
		entries = append(entries, raft.Entry{Term: term, Command: string(text[:length])})
		text = text[length:]
	}
	return entries, len(text) == 0
}
