package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
)

func vector(values ...float32) []byte {
	var body []byte
	for _, value := range values {
		body = binary.LittleEndian.AppendUint32(body, math.Float32bits(value))
	}
	return body
}

func TestMeanIsTakenInFloat64(t *testing.T) {
	// In float32, 2^24 + 1 is 2^24 again, and the sum would be 0.
	got := mean([][]byte{vector(1<<24, 1), vector(1, 2), vector(1, 4), vector(-1<<24, 1)})
	if want := vector(0.5, 2); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestMeanCountsRepeatedVectors(t *testing.T) {
	one, four := vector(1), vector(4)
	if got, want := mean([][]byte{one, four, one}), vector(2); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestVectorsHaveOneLengthOfWholeFloats(t *testing.T) {
	for _, sizes := range [][]int{{4}, {8, 8, 8}} {
		if !areVectors(sizes) {
			t.Errorf("%v was refused", sizes)
		}
	}
	for _, sizes := range [][]int{{0}, {3}, {4, 8}, {8, 4}, {4, 0}} {
		if areVectors(sizes) {
			t.Errorf("%v was taken", sizes)
		}
	}
}

func TestFailureDistinguishesGoneFromChanged(t *testing.T) {
	if reason, failed := failure([][]byte{vector(1), nil, vector(1, 2)}); !failed || reason != "file-gone" {
		t.Errorf("got %q, %t", reason, failed)
	}
	if reason, failed := failure([][]byte{vector(1), {}}); !failed || reason != "length-changed" {
		t.Errorf("got %q, %t", reason, failed)
	}
	if reason, failed := failure([][]byte{vector(1), vector(2)}); failed {
		t.Errorf("failed: %q", reason)
	}
}
