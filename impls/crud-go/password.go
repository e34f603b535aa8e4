package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"

	"golang.org/x/crypto/scrypt"
)

const (
	scryptN, scryptR, scryptP = 16_384, 8, 1

	saltBytes = 16
	keyBytes  = 32
)

// passwordHash is what is stored of a password.
type passwordHash struct{ salt, key []byte }

// noPassword is no one's: a log-in with an unknown name is checked against it, so that it takes as long as any other.
var noPassword = passwordHash{salt: make([]byte, saltBytes), key: make([]byte, keyBytes)}

// hasher derives keys in the caller's goroutine, as many at once as there are processors to run them: each takes 16 MiB and
// about 30 ms of CPU, and more at once would take memory without being sooner done.
type hasher struct{ slots chan struct{} }

func newHasher(workers int) *hasher {
	return &hasher{slots: make(chan struct{}, workers)}
}

func (h *hasher) hash(ctx context.Context, password string) (passwordHash, error) {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails
	key, err := h.derive(ctx, password, salt)
	return passwordHash{salt, key}, err
}

func (h *hasher) matches(ctx context.Context, password string, stored passwordHash) (bool, error) {
	key, err := h.derive(ctx, password, stored.salt)
	return subtle.ConstantTimeCompare(key, stored.key) == 1, err
}

func (h *hasher) derive(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return scrypt.Key([]byte(password), salt, scryptN, scryptR, scryptP, keyBytes)
}
