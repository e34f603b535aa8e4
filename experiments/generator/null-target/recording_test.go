package main

import (
	"bufio"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func arrivalsEvery(gap time.Duration, count int) []int64 {
	arrived := make([]int64, count)
	for index := range arrived {
		arrived[index] = 1 + int64(gap)*int64(index)
	}
	return arrived
}

func TestEvenArrivalsHaveNoVariation(t *testing.T) {
	if cv := gapCv(arrivalsEvery(time.Millisecond, 1_000)); cv == nil || *cv != 0 {
		t.Errorf("gap CV %v, want 0", cv)
	}
	made := bucketsOf(arrivalsEvery(time.Millisecond, 1_001))
	if made.MaxCount != 10 || made.EvenCount != 10 || made.OverTwiceEvenRatio != 0 {
		t.Errorf("buckets %+v, want 10 in each", *made)
	}
}

func TestBurstsAreSeenInTheirBuckets(t *testing.T) {
	var arrived []int64
	for second := range int64(3) {
		for range 100 {
			arrived = append(arrived, 1+second*1e9)
		}
	}
	arrived = append(arrived, 1+3e9)
	made := bucketsOf(arrived)
	if made.MaxCount != 100 || made.OverTwiceEvenCount != 3 || made.LookedAtBucketCount != 300 {
		t.Errorf("buckets %+v, want 100 in 3 of 300", *made)
	}
	if cv := gapCv(arrived); *cv < 9.9 || *cv > 10 {
		t.Errorf("gap CV %v, want sqrt(99)", *cv)
	}
}

func TestFreezeIsTheLastHalfSecondOfEachTwo(t *testing.T) {
	cases := map[time.Duration]time.Duration{
		0:                       0,
		1499 * time.Millisecond: 0,
		1500 * time.Millisecond: 500 * time.Millisecond,
		1999 * time.Millisecond: time.Millisecond,
		2000 * time.Millisecond: 0,
		5750 * time.Millisecond: 250 * time.Millisecond,
	}
	for since, want := range cases {
		if got := freezeLeft(since); got != want {
			t.Errorf("freezeLeft(%v) = %v, want %v", since, got, want)
		}
	}
}

func TestTruthFromDueCountsWhatWasNeverSent(t *testing.T) {
	r := newRecording(modeFreeze, 10)
	r.answered(r.arrive(r.beganAt.Add(time.Millisecond)), 100*time.Microsecond)
	made := r.report(reportOptions{ratePerSec: 1_000, dueCount: 4_000})
	// A quarter of the due times lies in a freeze, evenly: p90 waits for three fifths of it.
	if p := made.FromDue; p == nil || p.P50Ms != 0.1 || p.P90Ms != 300.1 || p.P99Ms != 480.1 {
		t.Errorf("from due %+v, want 0.1, 300.1, 480.1", p)
	}
}

func TestEveryRequestIsAnsweredAndCounted(t *testing.T) {
	tgt := newTarget(modeNull, 2)
	client, server := net.Pipe()
	go tgt.answerAll(server)
	reader := bufio.NewReader(client)
	for _, request := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nGET ",
		"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
	} {
		if _, err := client.Write([]byte(request)); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(reader, nil)
		if err != nil || response.StatusCode != 200 {
			t.Fatalf("%v after %q", err, strings.SplitN(request, "\r", 2)[0])
		}
		response.Body.Close()
	}
	if got := tgt.recording.Load().report(reportOptions{}); got.Count != 3 || got.SpanMs == nil {
		t.Errorf("report %+v, want 3 requests", got)
	}
	if _, err := client.Write([]byte("x")); err == nil {
		t.Error("the connection stayed open after Connection: close")
	}
}

func TestADelayIsReadFromItsName(t *testing.T) {
	for name, want := range map[string]time.Duration{"delay-500us": 500 * time.Microsecond, "delay-0us": 0} {
		m, err := parseMode(name)
		if err != nil || m.delay(0, 0) != want {
			t.Errorf("%s: %v, %v", name, m.delay(0, 0), err)
		}
	}
	for _, name := range []string{"delay-", "delay--1us", "delay-soon"} {
		if _, err := parseMode(name); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
