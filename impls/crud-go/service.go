package main

import (
	"errors"
	"log/slog"
	"net/http"

	"github.com/jackc/pgx/v5"

	"paceline/impls/_go/program"
)

// service answers the requests.
type service struct {
	config config
	log    *slog.Logger
	db     *database
	cache  *cache
	hasher *hasher
	hub    *hub
}

// session is whom a request comes from.
type session struct {
	user      user
	tokenHash []byte
}

func (s *service) routes() http.Handler {
	return newRouter(s.log, map[string]methods{
		"/health":             {"GET": s.health},
		"/users":              {"POST": s.signUp},
		"/users/me":           {"GET": s.authenticated(s.me)},
		"/sessions":           {"POST": s.logIn},
		"/sessions/current":   {"DELETE": s.authenticated(s.logOut)},
		"/files":              {"GET": s.authenticated(s.listFiles), "POST": s.authenticated(s.createFile)},
		"/files/{id}":         {"GET": s.authenticated(s.readFile), "PUT": s.authenticated(s.replaceFile), "DELETE": s.authenticated(s.deleteFile)},
		"/files/{id}/content": {"GET": s.authenticated(s.readContent)},
		"/aggregations":       {"POST": s.authenticated(s.aggregate)},
		"/aggregations/{id}":  {"GET": s.authenticated(s.readAggregation)},
		"/events":             {"GET": s.authenticated(s.events)},
	})
}

// authenticated asks the database for the session, each request anew.
func (s *service) authenticated(next func(http.ResponseWriter, *http.Request, session) error) program.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		token, given := bearerToken(r.Header)
		if !given {
			return unauthorized
		}
		hash := tokenHash(token)
		caller, err := s.db.authenticate(r.Context(), hash)
		if errors.Is(err, pgx.ErrNoRows) {
			return unauthorized
		}
		if err != nil {
			return err
		}
		return next(w, r, session{user: caller, tokenHash: hash})
	}
}

func (s *service) health(w http.ResponseWriter, r *http.Request) error {
	if err := s.db.ping(r.Context()); err != nil {
		return databaseAway
	}
	return program.WriteJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}
