package main

import (
	"fmt"
	"strings"
	"time"
)

// delayPrefix is followed by a duration, as in delay-500us: every answer is held back for so long.
const delayPrefix = "delay-"

// Mode is how the target behaves; the zero value answers at once.
type mode string

const (
	modeNull     mode = "null"
	modeConstant mode = "constant"
	modeStall    mode = "stall"
	modeFreeze   mode = "freeze"
)

const (
	constantDelay = 20 * time.Millisecond
	stallEvery    = 200
	stallDelay    = 500 * time.Millisecond
	// Counted from the first arrival, the last half second of each two: a load of whole periods sees whole freezes.
	freezePeriod = 2 * time.Second
	freezeLength = 500 * time.Millisecond
)

func parseMode(name string) (mode, error) {
	switch m := mode(name); m {
	case modeNull, modeConstant, modeStall, modeFreeze:
		return m, nil
	}
	if _, isDelay := mode(name).fixedDelay(); isDelay {
		return mode(name), nil
	}
	return "", fmt.Errorf("unknown mode %q: null, constant, stall, freeze or delay-500us", name)
}

// delay is how long request index (from 0), which arrived that long after the first, is held back.
func (m mode) delay(index int64, sinceFirst time.Duration) time.Duration {
	switch m {
	case modeConstant:
		return constantDelay
	case modeStall:
		if (index+1)%stallEvery == 0 {
			return stallDelay
		}
	case modeFreeze:
		return freezeLeft(sinceFirst)
	}
	fixed, _ := m.fixedDelay()
	return fixed
}

func (m mode) fixedDelay() (delay time.Duration, isDelay bool) {
	text, isDelay := strings.CutPrefix(string(m), delayPrefix)
	if !isDelay {
		return 0, false
	}
	delay, err := time.ParseDuration(text)
	return delay, err == nil && delay >= 0
}

// freezeLeft is what is left of the freeze that this moment lies in, or 0.
func freezeLeft(sinceFirst time.Duration) time.Duration {
	left := freezePeriod - sinceFirst%freezePeriod
	if left > freezeLength {
		return 0
	}
	return left
}
