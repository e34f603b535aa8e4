package main

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"paceline/impls/_go/program"
)

var userNamePattern = regexp.MustCompile(`^[a-z0-9._-]{3,64}$`)

const (
	minPasswordChars = 8
	// maxCredentialChars bounds passwords everywhere and names at log-in.
	maxCredentialChars = 128
)

func (s *service) signUp(w http.ResponseWriter, r *http.Request) error {
	body, err := readJSON(w, r, "name", "password")
	if err != nil {
		return err
	}
	name, err := body.text("name", 3, 64)
	if err != nil {
		return err
	}
	if !userNamePattern.MatchString(name) {
		return program.Invalid(`"name" may have a to z, 0 to 9, dot, underscore and hyphen`)
	}
	password, err := body.text("password", minPasswordChars, maxCredentialChars)
	if err != nil {
		return err
	}
	return s.createUser(w, r, name, password)
}

func (s *service) createUser(w http.ResponseWriter, r *http.Request, name, password string) error {
	stored, err := s.hasher.hash(r.Context(), password)
	if err != nil {
		return err
	}
	created, err := s.db.signUp(r.Context(), name, stored)
	if errors.Is(err, pgx.ErrNoRows) {
		return nameTaken
	}
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/users/me")
	return program.WriteJSON(w, http.StatusCreated, created)
}

func (s *service) logIn(w http.ResponseWriter, r *http.Request) error {
	body, err := readJSON(w, r, "name", "password")
	if err != nil {
		return err
	}
	name, err := body.text("name", 1, maxCredentialChars)
	if err != nil {
		return err
	}
	password, err := body.text("password", 1, maxCredentialChars)
	if err != nil {
		return err
	}
	userID, err := s.checkPassword(r.Context(), name, password)
	if err != nil {
		return err
	}
	return s.createSession(w, r, userID)
}

// checkPassword derives a key whether the name is known or not, so that the time taken reveals nothing.
func (s *service) checkPassword(ctx context.Context, name, password string) (pgtype.UUID, error) {
	userID, stored, err := s.findCredentials(ctx, name)
	known := err == nil
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		stored = noPassword
	case err != nil:
		return pgtype.UUID{}, err
	}
	right, err := s.hasher.matches(ctx, password, stored)
	if err == nil && !(known && right) {
		err = wrongCredentials
	}
	return userID, err
}

// findCredentials does not ask for a name with U+0000, which PostgreSQL takes in no text: so no user has it.
func (s *service) findCredentials(ctx context.Context, name string) (pgtype.UUID, passwordHash, error) {
	if strings.Contains(name, "\x00") {
		return pgtype.UUID{}, passwordHash{}, pgx.ErrNoRows
	}
	return s.db.credentials(ctx, name)
}

func (s *service) createSession(w http.ResponseWriter, r *http.Request, userID pgtype.UUID) error {
	token := newToken()
	expiresAt, err := s.db.openSession(r.Context(), tokenHash(token), userID, s.config.sessionTTL)
	if err != nil {
		return err
	}
	return program.WriteJSON(w, http.StatusCreated, struct {
		Token     string      `json:"token"`
		UserID    pgtype.UUID `json:"userId"`
		ExpiresAt instant     `json:"expiresAt"`
	}{token, userID, expiresAt})
}

func (s *service) logOut(w http.ResponseWriter, r *http.Request, caller session) error {
	if err := s.db.revokeSession(r.Context(), caller.tokenHash); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *service) me(w http.ResponseWriter, _ *http.Request, caller session) error {
	return program.WriteJSON(w, http.StatusOK, caller.user)
}
