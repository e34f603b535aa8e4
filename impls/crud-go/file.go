package main

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// file is a file without its bytes.
type file struct {
	ID          pgtype.UUID `json:"id"`
	Name        string      `json:"name"`
	ContentType string      `json:"contentType"`
	SizeBytes   int32       `json:"sizeBytes"`
	Version     int32       `json:"version"`
	CreatedAt   instant     `json:"createdAt"`
	UpdatedAt   instant     `json:"updatedAt"`
}

const fileColumns = `id, name, content_type, size_bytes, version, created_at, updated_at`

// columns are the variables for fileColumns.
func (f *file) columns() []any {
	return []any{&f.ID, &f.Name, &f.ContentType, &f.SizeBytes, &f.Version, &f.CreatedAt, &f.UpdatedAt}
}

func scanFile(row pgx.CollectableRow) (f file, err error) {
	err = row.Scan(f.columns()...)
	return f, err
}

// fileKey names a file and who asks for it; another user's file is no row.
type fileKey struct{ id, userID pgtype.UUID }

func (db *database) createFile(ctx context.Context, userID pgtype.UUID, name, contentType string, body []byte) (f file, err error) {
	err = db.row(ctx, f.columns(),
		`INSERT INTO files (user_id, name, content_type, size_bytes, body) VALUES ($1, $2, $3, $4, $5) RETURNING `+fileColumns,
		userID, name, contentType, len(body), body)
	return f, err
}

// listFiles gives the newest files, or those older than after.
func (db *database) listFiles(ctx context.Context, userID pgtype.UUID, limit int, after pgtype.UUID) ([]file, error) {
	if !after.Valid {
		return rows(ctx, db, scanFile,
			`SELECT `+fileColumns+` FROM files WHERE user_id = $1 ORDER BY id DESC LIMIT $2`, userID, limit)
	}
	return rows(ctx, db, scanFile,
		`SELECT `+fileColumns+` FROM files WHERE user_id = $1 AND id < $3 ORDER BY id DESC LIMIT $2`, userID, limit, after)
}

func (db *database) readFile(ctx context.Context, key fileKey) (f file, err error) {
	err = db.row(ctx, f.columns(), `SELECT `+fileColumns+` FROM files WHERE id = $1 AND user_id = $2`, key.id, key.userID)
	return f, err
}

// content is what a version of a file holds.
type content struct {
	version     int32
	contentType string
	body        []byte
}

// readHead gives the content without its body.
func (db *database) readHead(ctx context.Context, key fileKey) (c content, err error) {
	err = db.row(ctx, []any{&c.version, &c.contentType},
		`SELECT version, content_type FROM files WHERE id = $1 AND user_id = $2`, key.id, key.userID)
	return c, err
}

func (db *database) readContent(ctx context.Context, key fileKey) (c content, err error) {
	err = db.row(ctx, []any{&c.version, &c.contentType, &c.body},
		`SELECT version, content_type, body FROM files WHERE id = $1 AND user_id = $2`, key.id, key.userID)
	return c, err
}

const updateFile = `UPDATE files SET body = $3, size_bytes = $4, content_type = $5, version = version + 1, updated_at = now() ` +
	`WHERE id = $1 AND user_id = $2`

// replaceFile gives no row when the file is not there or its version fails the condition.
func (db *database) replaceFile(ctx context.Context, key fileKey, ifMatch condition, contentType string, body []byte) (f file, err error) {
	args := []any{key.id, key.userID, body, len(body), contentType}
	if ifMatch.star {
		err = db.row(ctx, f.columns(), updateFile+` RETURNING `+fileColumns, args...)
		return f, err
	}
	err = db.row(ctx, f.columns(), updateFile+` AND version = ANY($6::int[]) RETURNING `+fileColumns,
		append(args, ifMatch.versions())...)
	return f, err
}

func (db *database) fileVersion(ctx context.Context, key fileKey) (version int32, err error) {
	err = db.row(ctx, []any{&version}, `SELECT version FROM files WHERE id = $1 AND user_id = $2`, key.id, key.userID)
	return version, err
}

func (db *database) deleteFile(ctx context.Context, key fileKey) error {
	deletedCount, err := db.exec(ctx, `DELETE FROM files WHERE id = $1 AND user_id = $2`, key.id, key.userID)
	if err == nil && deletedCount == 0 {
		err = pgx.ErrNoRows
	}
	return err
}
