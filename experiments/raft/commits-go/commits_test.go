package peers

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

const (
	batchCount = 64
	// roundBatches is how many batches a cluster lives: neither core cuts its log, and it is not to fill the memory.
	roundBatches = 500
)

var contenders = []struct {
	name string
	make func() cluster
}{
	{"paceline", func() cluster { return newOwnCluster() }},
	{"etcd", func() cluster { return newEtcdCluster() }},
}

func someCommands() []string {
	commands := make([]string, batchCount)
	for i := range commands {
		commands[i] = fmt.Sprintf("key%d=value %d of some ordinary length", i, i)
	}
	return commands
}

func TestEveryNodeAppliesEverything(t *testing.T) {
	for _, contender := range contenders {
		c := contender.make()
		for range 3 {
			if got := c.commit(someCommands()); got != batchCount*clusterSize {
				t.Errorf("%s: %d were applied, want %d", contender.name, got, batchCount*clusterSize)
			}
		}
	}
}

// BenchmarkCommits takes a batch of 64 for one operation.
func BenchmarkCommits(b *testing.B) {
	for _, contender := range contenders {
		b.Run(contender.name, func(b *testing.B) {
			commands := someCommands()
			var c cluster
			for i := 0; b.Loop(); i++ {
				if i%roundBatches == 0 {
					c = contender.make()
				}
				c.commit(commands)
			}
			b.ReportMetric(float64(b.N*batchCount)/b.Elapsed().Seconds(), "commits/s")
		})
	}
}

// BenchmarkRatio lets the two take turns, a round each: whatever the machine does, it does to both. The ratio is that of the
// medians: above 1 we are faster.
func BenchmarkRatio(b *testing.B) {
	commands := someCommands()
	perSec := make([][]float64, len(contenders))
	for b.Loop() {
		for i, contender := range contenders {
			perSec[i] = append(perSec[i], round(contender.make(), commands))
		}
	}
	own, peer := median(perSec[0]), median(perSec[1])
	b.ReportMetric(own, "paceline-commits/s")
	b.ReportMetric(peer, "etcd-commits/s")
	b.ReportMetric(own/peer, "ratio")
}

func round(c cluster, commands []string) (perSec float64) {
	start := time.Now()
	for range roundBatches {
		c.commit(commands)
	}
	return roundBatches * batchCount / time.Since(start).Seconds()
}

func median(numbers []float64) float64 {
	slices.Sort(numbers)
	return numbers[len(numbers)/2]
}
