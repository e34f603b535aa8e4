package primitives

import (
	"sync"
	"sync/atomic"
	"testing"
)

func BenchmarkSpawn(b *testing.B) {
	sampled(b, "goroutine", func(b *testing.B) {
		joined := make(chan struct{})
		counter := 0
		s := begin(b, nil)
		for b.Loop() {
			go func() {
				counter++
				joined <- struct{}{}
			}()
			<-joined
		}
		s.end(counter)
	})
}

func BenchmarkMessage(b *testing.B) {
	sampled(b, "channel-unbuffered", func(b *testing.B) { messageByChannel(b, 0) })
	sampled(b, "channel-buffered", func(b *testing.B) { messageByChannel(b, 1) })
	sampled(b, "socket", messageBySocket)
}

// messageByChannel sends each answer as the next message: only right answers add up to b.N.
func messageByChannel(b *testing.B, room int) {
	there, back := make(chan int, room), make(chan int, room)
	defer close(there)
	go func() {
		for value := range there {
			back <- value + 1
		}
	}()
	value := 0
	s := begin(b, nil)
	for b.Loop() {
		there <- value
		value = <-back
	}
	s.end(value)
}

func messageBySocket(b *testing.B) {
	p, err := startPartner()
	if err != nil {
		b.Fatal(err)
	}
	value := int64(0)
	s := begin(b, p)
	for b.Loop() {
		if value, err = p.exchange(value); err != nil {
			b.Fatal(err)
		}
	}
	s.end(int(value))
	if err := p.end(); err != nil {
		b.Error("the partner ended badly: ", err)
	}
}

func BenchmarkChannel(b *testing.B) {
	b.Run("channel-unbuffered", func(b *testing.B) {
		eachSize(b, "producers", []int{1, 4}, func(b *testing.B, count int) { throughChannel(b, 0, count) })
	})
	b.Run("channel-buffered", func(b *testing.B) {
		eachSize(b, "producers", []int{1, 4}, func(b *testing.B, count int) { throughChannel(b, 1_024, count) })
	})
}

func throughChannel(b *testing.B, room, producerCount int) {
	integers := make(chan int, room)
	start := make(chan struct{})
	wanted := 0
	for i := range producerCount {
		share := shareOf(b.N, producerCount, i)
		wanted += share * (share - 1) / 2
		go func() {
			<-start
			for value := range share {
				integers <- value
			}
		}()
	}
	sum := 0
	s := begin(b, nil)
	close(start)
	for range b.N {
		sum += <-integers
	}
	s.end(b.N)
	if sum != wanted {
		b.Errorf("the integers received add up to %d instead of %d", sum, wanted)
	}
}

func BenchmarkLock(b *testing.B) {
	b.Run("mutex", func(b *testing.B) {
		eachSize(b, "contenders", []int{1, 2, 4, 8}, contendForMutex)
	})
}

func contendForMutex(b *testing.B, contenderCount int) {
	var mutex sync.Mutex
	var contenders sync.WaitGroup
	counter := 0
	start := make(chan struct{})
	for i := range contenderCount {
		share := shareOf(b.N, contenderCount, i)
		contenders.Go(func() {
			<-start
			for range share {
				mutex.Lock()
				counter++
				mutex.Unlock()
			}
		})
	}
	s := begin(b, nil)
	close(start)
	contenders.Wait()
	s.end(counter)
}

func BenchmarkWaitGroup(b *testing.B) {
	b.Run("wait-group", func(b *testing.B) {
		eachSize(b, "units", []int{8}, waitForGroup)
	})
}

func waitForGroup(b *testing.B, unitCount int) {
	var counter atomic.Int64
	s := begin(b, nil)
	for b.Loop() {
		var group sync.WaitGroup
		for range unitCount {
			group.Go(func() { counter.Add(1) })
		}
		group.Wait()
	}
	s.end(int(counter.Load()) / unitCount)
}
