package primitives

import (
	"testing"
	"time"
)

// A recorder keeps what the benchmarks of this process measured, because testing prints it rounded.
type recorder struct {
	samples  []sample
	lastOf   *testing.B
	checked  check
	partners []partnerAccount
	// budgetEnds is when no further sample is begun; zero: never.
	budgetEnds time.Time
}

var recording recorder

// A stretch is the measured time of one call of a benchmark function: testing's own wall time, and the CPU time of
// this process and its partner beside it.
type stretch struct {
	b       *testing.B
	partner *partner
	// before is what the partner had spent when the stretch began.
	before time.Duration
	since  time.Duration
	cpu    time.Duration
}

// begin starts the stretch. With b.Loop testing's clock starts anew a little later, at its first call.
func begin(b *testing.B, p *partner) *stretch {
	b.Helper()
	s := &stretch{b: b, partner: p}
	if p != nil {
		s.before = askAccount(b, p).CPU
	}
	b.ResetTimer()
	s.since = ownCPU()
	return s
}

// pause takes what follows, until resume, out of the stretch.
func (s *stretch) pause() {
	s.cpu += ownCPU() - s.since
	s.b.StopTimer()
}

func (s *stretch) resume() {
	s.b.StartTimer()
	s.since = ownCPU()
}

// end ends the stretch and keeps it as a sample. Its operations have left doneCount traces.
func (s *stretch) end(doneCount int) {
	s.pause()
	if s.partner != nil {
		account := askAccount(s.b, s.partner)
		s.cpu += account.CPU - s.before
		recording.partners = []partnerAccount{account}
	}
	s.b.ReportMetric(float64(s.cpu.Nanoseconds())/float64(s.b.N), "cpu-ns/op")
	recording.keep(s.b, sample{int64(s.b.N), s.b.Elapsed().Nanoseconds(), s.cpu.Nanoseconds()}, doneCount)
	if doneCount != s.b.N {
		s.b.Errorf("%d operations left %d traces", s.b.N, doneCount)
	}
}

func askAccount(b *testing.B, p *partner) partnerAccount {
	b.Helper()
	account, err := p.account()
	if err != nil {
		b.Fatal("the partner does not account for itself: ", err)
	}
	return account
}

// keep adds a sample. Of several calls for one testing.B, which raises b.N until a sample is long enough, the last counts.
func (r *recorder) keep(b *testing.B, s sample, doneCount int) {
	r.checked.AskedCount += s.OperationCount
	r.checked.DoneCount += int64(doneCount)
	if r.lastOf == b {
		r.samples = r.samples[:len(r.samples)-1]
	}
	r.lastOf = b
	r.samples = append(r.samples, s)
}

// sampled runs a benchmark that keeps samples, unless there is one and the budget is spent.
func sampled(b *testing.B, name string, benchmark func(b *testing.B)) {
	b.Run(name, func(b *testing.B) {
		if recording.isSpentFor(b) {
			b.SkipNow()
		}
		benchmark(b)
	})
}

func (r *recorder) isSpentFor(b *testing.B) bool {
	isFirst := len(r.samples) == 0 || r.lastOf == b
	return !isFirst && !r.budgetEnds.IsZero() && time.Now().After(r.budgetEnds)
}

// takeSamples returns the samples since the last call.
func (r *recorder) takeSamples() []sample {
	taken := r.samples
	r.samples, r.lastOf = nil, nil
	return taken
}

// threadCount is of this process and its partners; nil where the system does not report it.
func (r *recorder) threadCount() *int {
	total := threadCount()
	for _, account := range r.partners {
		if total == nil || account.ThreadCount == nil {
			return nil
		}
		*total += *account.ThreadCount
	}
	return total
}
