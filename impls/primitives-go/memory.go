package primitives

import (
	"io"
	"runtime/debug"
)

// A holding is what memory is read of.
type holding struct {
	madeCount int
	// release lets go, and returns how many of those made were right.
	release func() int
}

// holdMemory makes what the case says, lets it be read until a line comes, and says how much of it was right.
func holdMemory(c benchCase, lines <-chan struct{}, output io.Writer) error {
	held := makeHolding(c)
	debug.FreeOSMemory()
	if err := say(output, memoryReady{"ready", held.madeCount, threadCount(), 1}); err != nil {
		return err
	}
	<-lines
	counts := check{AskedCount: int64(c.size), DoneCount: int64(held.release())}
	return say(output, memoryResult{"memory", c.primitive, c.variant, c.size, counts})
}

func makeHolding(c benchCase) holding {
	switch c.variant {
	case "goroutine":
		return holding{c.size, startTasks(c.size).release}
	case "int":
		return holdVariables(c.size, integerAt)
	case "float":
		return holdVariables(c.size, floatAt)
	case "string":
		return holdVariables(c.size, stringAt)
	case "record":
		return holdVariables(c.size, recordAt)
	}
	panic("readCase lets no other variant pass: " + c.variant)
}

func holdVariables[T comparable](count int, at func(i int) T) holding {
	variables := makeVariables(count, at)
	return holding{len(variables), func() int { return countRight(variables, at) }}
}
