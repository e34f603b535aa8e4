package main

import (
	"context"
	"encoding/hex"
	"errors"
	"testing"
)

func TestPasswordsMatchTheirOwnHashOnly(t *testing.T) {
	h := newHasher(2)
	stored, err := h.hash(t.Context(), "pässwörd")
	if err != nil || len(stored.salt) != 16 || len(stored.key) != 32 {
		t.Fatalf("got %+v, %v", stored, err)
	}
	for password, want := range map[string]bool{"pässwörd": true, "passwörd": false} {
		if got, err := h.matches(t.Context(), password, stored); got != want || err != nil {
			t.Errorf("%s: got %t, %v", password, got, err)
		}
	}
	if got, _ := h.matches(t.Context(), "pässwörd", noPassword); got {
		t.Error("a password matched no one's hash")
	}
}

// The expected key comes from Python's hashlib.scrypt(b"password1", salt=bytes(16), n=16384, r=8, p=1, dklen=32).
func TestHashIsTheOneOfOtherLanguages(t *testing.T) {
	key, err := newHasher(1).derive(t.Context(), "password1", make([]byte, 16))
	const want = "4675dccc6296dcc4b03d7d1e245b5786034eed80547c0a3dca1469abad2b1413"
	if got := hex.EncodeToString(key); err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func TestHashingWaitsNoLongerThanItsRequest(t *testing.T) {
	h := newHasher(1)
	h.slots <- struct{}{}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := h.hash(gone, "password1"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
