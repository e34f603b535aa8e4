package main

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"
)

func testID(number byte) pgtype.UUID {
	return pgtype.UUID{Bytes: [16]byte{number}, Valid: true}
}

func TestCacheFindsOnlyTheVersionAskedFor(t *testing.T) {
	c := newCache(100)
	c.put(testID(1), 2, []byte("two"))
	if body, found := c.get(testID(1), 2); !found || string(body) != "two" {
		t.Errorf("got %q, %t", body, found)
	}
	for _, version := range []int32{1, 3} {
		if body, found := c.get(testID(1), version); found {
			t.Errorf("version %d gave %q", version, body)
		}
	}
	c.put(testID(1), 1, []byte("one"))
	if _, found := c.get(testID(1), 2); !found {
		t.Error("an older version displaced a newer one")
	}
	c.drop(testID(1))
	if _, found := c.get(testID(1), 2); found || c.usedBytes != 0 {
		t.Errorf("dropped, but found %t with %d bytes in use", found, c.usedBytes)
	}
}

func TestCacheEvictsTheLeastRecentlyUsedByBytes(t *testing.T) {
	c := newCache(10)
	c.put(testID(1), 1, make([]byte, 4))
	c.put(testID(2), 1, make([]byte, 4))
	c.get(testID(1), 1)
	c.put(testID(3), 1, make([]byte, 3))
	for number, want := range map[byte]bool{1: true, 2: false, 3: true} {
		if _, found := c.get(testID(number), 1); found != want {
			t.Errorf("entry %d: found %t, want %t", number, found, want)
		}
	}
	c.put(testID(4), 1, make([]byte, 11))
	if c.usedBytes != 7 || c.recent.Len() != 2 {
		t.Errorf("an entry above the budget changed the cache: %d bytes in %d entries", c.usedBytes, c.recent.Len())
	}
	c.put(testID(4), 1, make([]byte, 10))
	if c.usedBytes != 10 || c.recent.Len() != 1 {
		t.Errorf("an entry of the whole budget: %d bytes in %d entries", c.usedBytes, c.recent.Len())
	}
}

func TestCacheCountsItsBytesUnderConcurrency(t *testing.T) {
	c := newCache(1000)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 2000 {
				id, version := testID(byte(rand.IntN(50))), int32(rand.IntN(3))
				switch rand.IntN(4) {
				case 0:
					c.drop(id)
				case 1:
					c.get(id, version)
				default:
					c.put(id, version, make([]byte, rand.IntN(100)))
				}
			}
		})
	}
	wait.Wait()
	var sum int64
	for element := c.recent.Front(); element != nil; element = element.Next() {
		sum += int64(len(element.Value.(*cachedBody).body))
	}
	if sum != c.usedBytes || sum > c.budgetBytes || c.recent.Len() != len(c.byID) {
		t.Errorf("%d bytes held, %d counted; %d entries, %d known", sum, c.usedBytes, c.recent.Len(), len(c.byID))
	}
}
