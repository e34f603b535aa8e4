package primitives

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
)

const integerBytes = 4

// readIntegers reads signed 32-bit integers, little endian.
func readIntegers(path string) ([]int32, error) {
	bytes, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(bytes) == 0 || len(bytes)%integerBytes != 0 {
		return nil, fmt.Errorf("%s: %d bytes are no 32-bit integers", path, len(bytes))
	}
	integers := make([]int32, len(bytes)/integerBytes)
	_, err = binary.Decode(bytes, binary.LittleEndian, integers)
	return integers, err
}

// hashIntegers is the lower-case SHA-256 of the integers as the file would hold them.
func hashIntegers(integers []int32) string {
	bytes := make([]byte, integerBytes*len(integers))
	for i, integer := range integers {
		binary.LittleEndian.PutUint32(bytes[integerBytes*i:], uint32(integer))
	}
	sum := sha256.Sum256(bytes)
	return hex.EncodeToString(sum[:])
}
