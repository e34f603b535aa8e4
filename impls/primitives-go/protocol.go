package primitives

import (
	"encoding/json"
	"io"
)

// A sample is so many operations back to back. Wall time is below zero only where lateness is meant.
type sample struct {
	OperationCount int64 `json:"operationCount"`
	WallNs         int64 `json:"wallNs"`
	CPUNs          int64 `json:"cpuNs"`
}

// A check holds what was asked for against what left its trace.
type check struct {
	AskedCount int64   `json:"askedCount"`
	DoneCount  int64   `json:"doneCount"`
	Hash       *string `json:"hash"`
}

// A timeResult is the last line of the kinds time and lateness.
type timeResult struct {
	Type                 string   `json:"type"`
	Primitive            string   `json:"primitive"`
	Variant              string   `json:"variant"`
	Size                 *int     `json:"size"`
	Tool                 string   `json:"tool"`
	Samples              []sample `json:"samples"`
	EmptyLoop            []sample `json:"emptyLoop"`
	ClockStepNs          int64    `json:"clockStepNs"`
	WarmupOperationCount int64    `json:"warmupOperationCount"`
	OSThreadCount        *int     `json:"osThreadCount"`
	ProcessCount         int      `json:"processCount"`
	Check                check    `json:"check"`
}

// A memoryReady says that everything has been made and rests.
type memoryReady struct {
	Type          string `json:"type"`
	DoneCount     int    `json:"doneCount"`
	OSThreadCount *int   `json:"osThreadCount"`
	ProcessCount  int    `json:"processCount"`
}

// A memoryResult is the last line of the kind memory.
type memoryResult struct {
	Type      string `json:"type"`
	Primitive string `json:"primitive"`
	Variant   string `json:"variant"`
	Size      int    `json:"size"`
	Check     check  `json:"check"`
}

// say writes one line of the protocol.
func say(output io.Writer, line any) error {
	return json.NewEncoder(output).Encode(line)
}
