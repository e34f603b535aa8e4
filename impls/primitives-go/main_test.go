package primitives

import (
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// The contract's numbers.
const (
	maxEmptyCount    = 10_000_000
	emptySampleCount = 3
	driftRounds      = 20
	exitUsage        = 2
	exitUnmeasured   = 1
)

var startedAt = time.Now()

// TestMain is `go test` as ever, unless the environment names a case or a partner.
func TestMain(m *testing.M) {
	if address, isPartner := os.LookupEnv(partnerVariable); isPartner {
		exitWith(bePartner(address), exitUnmeasured)
	}
	if _, isCase := os.LookupEnv("PRIMITIVE"); !isCase {
		os.Exit(m.Run())
	}
	c, err := readCase(os.LookupEnv)
	if err != nil {
		exitWith(err, exitUsage)
	}
	exitWith(runCase(c, m, followLifeline(os.Stdin)), exitUnmeasured)
}

func exitWith(err error, code int) {
	if err == nil {
		os.Exit(0)
	}
	fmt.Fprintln(os.Stderr, "primitives-go:", err)
	os.Exit(code)
}

// runCase leaves standard output to the protocol: what testing prints for people goes to standard error.
func runCase(c benchCase, m *testing.M, lines <-chan struct{}) error {
	protocol := os.Stdout
	if strings.HasPrefix(c.primitive, "memory-") {
		return holdMemory(c, lines, protocol)
	}
	os.Stdout = os.Stderr
	return timeOperations(c, m, protocol)
}

func timeOperations(c benchCase, m *testing.M, protocol io.Writer) error {
	if err := prepare(c); err != nil {
		return err
	}
	warmupTime, sampleTime := benchTimes(c)
	_, err := runBenchmark(m, pattern(c), warmupTime, 1)
	if err != nil {
		return err
	}
	warmupCount := recording.checked.AskedCount
	samples, err := runBenchmark(m, pattern(c), sampleTime, c.sampleCount)
	if err != nil {
		return err
	}
	result := timeResult{
		Type: "time", Primitive: c.primitive, Variant: c.variant, Size: sizeOrNull(c.size),
		Tool:    fmt.Sprintf("testing.B (%s)", runtime.Version()),
		Samples: samples, EmptyLoop: []sample{},
		ClockStepNs: clockStep().Nanoseconds(), WarmupOperationCount: warmupCount,
		OSThreadCount: recording.threadCount(), ProcessCount: 1 + len(recording.partners),
		Check: recording.checked,
	}
	if c.primitive == "timer-drift" {
		result.Samples = lateness(samples)
	} else if result.EmptyLoop, err = runEmptyLoop(m, c, samples); err != nil {
		return err
	}
	return say(protocol, result)
}

func prepare(c benchCase) error {
	runningSize = c.size
	recording.budgetEnds = startedAt.Add(c.budget)
	if c.dataFile == "" {
		return nil
	}
	integers, err := readIntegers(c.dataFile)
	integersToSort = integers
	return err
}

// benchTimes are -benchtime of the warm-up and of a sample.
func benchTimes(c benchCase) (warmup, sample string) {
	if c.primitive == "timer-drift" {
		rounds := fmt.Sprintf("%dx", driftRounds)
		return rounds, rounds
	}
	return max(c.warmup, time.Nanosecond).String(), c.sample.String()
}

// pattern is -bench of the case alone.
func pattern(c benchCase) string {
	path := exactly("Benchmark"+benchmarkNames[c.primitive]) + "/" + exactly(c.variant)
	if c.size == 0 {
		return path
	}
	return path + "/" + fmt.Sprintf("=%d$", c.size)
}

var benchmarkNames = map[string]string{
	"spawn":       "Spawn",
	"message":     "Message",
	"channel":     "Channel",
	"lock":        "Lock",
	"wait-group":  "WaitGroup",
	"timer":       "Timer",
	"timer-drift": "TimerDrift",
	"sort":        "Sort",
}

func exactly(text string) string {
	return "^" + regexp.QuoteMeta(text) + "$"
}

// runEmptyLoop runs the loop of the case's benchmark as often as its longest sample did.
func runEmptyLoop(m *testing.M, c benchCase, samples []sample) ([]sample, error) {
	count := int64(1)
	for _, s := range samples {
		count = max(count, s.OperationCount)
	}
	loop := "loop"
	if c.primitive == "lock" || c.primitive == "channel" {
		loop = "range"
	}
	asked := recording.checked
	empty, err := runBenchmark(m, "^BenchmarkEmptyLoop$/"+exactly(loop), fmt.Sprintf("%dx", min(count, maxEmptyCount)), emptySampleCount)
	recording.checked = asked // an empty loop is no operation
	return empty, err
}

// runBenchmark is `go test -bench pattern -benchtime benchTime -count count`.
func runBenchmark(m *testing.M, pattern, benchTime string, count int) ([]sample, error) {
	flags := map[string]string{
		"test.run": "^$", "test.bench": pattern, "test.benchtime": benchTime, "test.count": fmt.Sprint(count),
	}
	for name, value := range flags {
		if err := flag.Set(name, value); err != nil {
			return nil, err
		}
	}
	code := m.Run()
	samples := recording.takeSamples()
	if code != 0 || len(samples) == 0 {
		return nil, fmt.Errorf("-test.bench %q took %d samples and ended with %d", pattern, len(samples), code)
	}
	return samples, nil
}

// lateness is what the rounds took beyond their length.
func lateness(samples []sample) []sample {
	late := make([]sample, len(samples))
	for i, s := range samples {
		late[i] = s
		late[i].WallNs -= s.OperationCount * driftRound.Nanoseconds()
	}
	return late
}

func sizeOrNull(size int) *int {
	if size == 0 {
		return nil
	}
	return &size
}
