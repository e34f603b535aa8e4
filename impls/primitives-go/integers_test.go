package primitives

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestIntegersAreReadAndHashedAsTheFileHasThem(t *testing.T) {
	path := filepath.Join(t.TempDir(), "integers")
	if err := os.WriteFile(path, []byte{1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, 0o600); err != nil {
		t.Fatal(err)
	}
	integers, err := readIntegers(path)
	if err != nil || !slices.Equal(integers, []int32{1, -1}) {
		t.Errorf("read %v, %v", integers, err)
	}
	// printf '\1\0\0\0\377\377\377\377' | sha256sum
	const want = "b15348c8f462384c01e83b6d499c6faf3f96808f5aa07c6bab4b65b36b4445d4"
	if got := hashIntegers(integers); got != want {
		t.Errorf("hash %s", got)
	}
}

func TestAFileCutShortIsRejected(t *testing.T) {
	path := filepath.Join(t.TempDir(), "integers")
	for _, size := range []int{0, 7} {
		if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		if integers, err := readIntegers(path); err == nil {
			t.Errorf("%d bytes were read as %v", size, integers)
		}
	}
}
