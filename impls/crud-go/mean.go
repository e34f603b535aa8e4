package main

import (
	"encoding/binary"
	"math"
)

const float32Bytes = 4

// areVectors is true if bodies of these sizes are float32 vectors of one length.
func areVectors(sizes []int) bool {
	for _, size := range sizes {
		if size == 0 || size%float32Bytes != 0 || size != sizes[0] {
			return false
		}
	}
	return true
}

// mean adds little-endian float32 vectors of one length position by position in float64, in the order given, divides by their
// count and rounds to float32: byte-identical in every language.
func mean(vectors [][]byte) []byte {
	sums := make([]float64, len(vectors[0])/float32Bytes)
	for _, vector := range vectors {
		for i := range sums {
			sums[i] += float64(math.Float32frombits(binary.LittleEndian.Uint32(vector[i*float32Bytes:])))
		}
	}
	result := make([]byte, 0, len(vectors[0]))
	for _, sum := range sums {
		result = binary.LittleEndian.AppendUint32(result, math.Float32bits(float32(sum/float64(len(vectors)))))
	}
	return result
}
