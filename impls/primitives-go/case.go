// Package primitives is the Go runner of bench/primitives/contract.md. The benchmarks are ordinary ones: `go test -bench .`
// runs them all. Started with a case in its environment, the compiled test (`go test -c`) runs that one and prints the
// contract's JSON.
package primitives

import (
	"fmt"
	"strconv"
	"time"
)

// A benchCase is one primitive in one variant and size, and how long to look at it.
type benchCase struct {
	primitive   string
	variant     string
	size        int // 0: the primitive has none
	sampleCount int
	sample      time.Duration
	warmup      time.Duration
	budget      time.Duration
	dataFile    string
}

// sizes lists the variants, each with the sizes that it can have.
var sizes = map[string]func(size int) bool{
	"spawn/goroutine":            noSize,
	"message/channel-unbuffered": noSize,
	"message/channel-buffered":   noSize,
	"message/socket":             noSize,
	"channel/channel-unbuffered": atLeastOne,
	"channel/channel-buffered":   atLeastOne,
	"lock/mutex":                 atLeastOne,
	"wait-group/wait-group":      atLeastOne,
	"timer/reset":                noSize,
	"timer-drift/reset":          noSize,
	"sort/goroutines":            powerOfTwo,
	"memory-tasks/goroutine":     anySize,
	"memory-variables/int":       anySize,
	"memory-variables/float":     anySize,
	"memory-variables/string":    anySize,
	"memory-variables/record":    anySize,
}

func noSize(size int) bool     { return size == 0 }
func anySize(int) bool         { return true }
func atLeastOne(size int) bool { return size >= 1 }
func powerOfTwo(size int) bool { return size >= 1 && size&(size-1) == 0 }

type lookup func(name string) (string, bool)

// readCase rejects invalid values. The error names the variable.
func readCase(environment lookup) (benchCase, error) {
	reader := caseReader{environment: environment}
	c := benchCase{
		primitive:   reader.text("PRIMITIVE"),
		variant:     reader.text("VARIANT"),
		size:        reader.whole("SIZE", 0),
		sampleCount: reader.whole("SAMPLES", 1),
		sample:      time.Duration(reader.whole("SAMPLE_MS", 1)) * time.Millisecond,
		warmup:      time.Duration(reader.whole("WARMUP_MS", 0)) * time.Millisecond,
		budget:      time.Duration(reader.whole("BUDGET_MS", 1)) * time.Millisecond,
	}
	if reader.err != nil {
		return c, reader.err
	}
	if c.primitive == "sort" {
		c.dataFile = reader.text("DATA_FILE")
	}
	return c, c.check(reader.err)
}

func (c benchCase) check(err error) error {
	if err != nil {
		return err
	}
	makesSense, known := sizes[c.primitive+"/"+c.variant]
	if !known {
		return fmt.Errorf("PRIMITIVE %q has no VARIANT %q here", c.primitive, c.variant)
	}
	if !makesSense(c.size) {
		return fmt.Errorf("SIZE %d makes no sense for %s", c.size, c.primitive)
	}
	return nil
}

// A caseReader keeps the first error.
type caseReader struct {
	environment lookup
	err         error
}

func (r *caseReader) text(name string) string {
	text, _ := r.environment(name)
	if text == "" && r.err == nil {
		r.err = fmt.Errorf("%s is required", name)
	}
	return text
}

func (r *caseReader) whole(name string, min int) int {
	text := r.text(name)
	value, err := strconv.ParseInt(text, 10, 32)
	if (err != nil || int(value) < min) && r.err == nil {
		r.err = fmt.Errorf("%s must be a whole number of at least %d, not %q", name, min, text)
	}
	return int(value)
}
