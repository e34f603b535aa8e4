package main

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// user is an account as its owner sees it.
type user struct {
	ID        pgtype.UUID `json:"id"`
	Name      string      `json:"name"`
	CreatedAt instant     `json:"createdAt"`
}

// authenticate finds the user of a live session.
func (db *database) authenticate(ctx context.Context, tokenHash []byte) (user, error) {
	var u user
	err := db.row(ctx, []any{&u.ID, &u.Name, &u.CreatedAt},
		`SELECT u.id, u.name, u.created_at FROM sessions s JOIN users u ON u.id = s.user_id `+
			`WHERE s.token_sha256 = $1 AND s.expires_at > now() AND s.revoked_at IS NULL`, tokenHash)
	return u, err
}

// signUp gives no row when the name is taken.
func (db *database) signUp(ctx context.Context, name string, password passwordHash) (user, error) {
	var u user
	err := db.row(ctx, []any{&u.ID, &u.Name, &u.CreatedAt},
		`INSERT INTO users (name, password_salt, password_hash) VALUES ($1, $2, $3) `+
			`ON CONFLICT (name) DO NOTHING RETURNING id, name, created_at`, name, password.salt, password.key)
	return u, err
}

func (db *database) credentials(ctx context.Context, name string) (id pgtype.UUID, stored passwordHash, err error) {
	err = db.row(ctx, []any{&id, &stored.salt, &stored.key},
		`SELECT id, password_salt, password_hash FROM users WHERE name = $1`, name)
	return id, stored, err
}

func (db *database) openSession(ctx context.Context, tokenHash []byte, userID pgtype.UUID, ttl time.Duration) (expiresAt instant, err error) {
	err = db.row(ctx, []any{&expiresAt},
		`INSERT INTO sessions (token_sha256, user_id, expires_at) VALUES ($1, $2, now() + make_interval(secs => $3)) `+
			`RETURNING expires_at`, tokenHash, userID, ttl.Seconds())
	return expiresAt, err
}

func (db *database) revokeSession(ctx context.Context, tokenHash []byte) error {
	_, err := db.exec(ctx, `UPDATE sessions SET revoked_at = now() WHERE token_sha256 = $1`, tokenHash)
	return err
}
