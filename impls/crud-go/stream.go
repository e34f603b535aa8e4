package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"paceline/impls/_go/program"
)

const (
	heartbeatEvery  = 15 * time.Second
	streamRetryWait = time.Second
	// streamWriteWait bounds how long a client may not read what is sent to it.
	streamWriteWait = 10 * time.Second
)

// stream is one open answer of GET /events.
type stream struct {
	db     *database
	log    *slog.Logger
	caller session
	w      http.ResponseWriter
	wake   bell
	lastID int64 // of the last event sent
}

var (
	eventIDPattern = regexp.MustCompile(`^[0-9]+$`)

	errSessionEnded = errors.New("the session has ended")
	errServiceStops = errors.New("the service stops")
)

// lastEventID reads Last-Event-ID. Digits beyond int64 name an id that no event reaches: the largest there is.
func lastEventID(header http.Header) (id int64, given bool, err error) {
	values, given := header["Last-Event-Id"]
	if !given {
		return 0, false, nil
	}
	if len(values) != 1 || !eventIDPattern.MatchString(values[0]) {
		return 0, true, program.Invalid("Last-Event-ID must be the id of an event")
	}
	id, _ = strconv.ParseInt(values[0], 10, 64)
	return id, true, nil
}

func (s *service) events(w http.ResponseWriter, r *http.Request, caller session) error {
	lastID, resumed, err := lastEventID(r.Header)
	if err != nil {
		return err
	}
	// Entering the hub before the first look at the database leaves no moment in which an event could be missed.
	wake, leave, ok := s.hub.enter(caller.user.ID)
	if !ok {
		return noMoreStreams
	}
	defer leave()
	opened := &stream{db: s.db, log: s.log, caller: caller, w: w, wake: wake, lastID: lastID}
	missed, err := opened.start(r.Context(), resumed)
	if err != nil {
		return err
	}
	opened.serve(r.Context(), missed, s.hub.closing)
	return nil
}

// start asks the database for the events missed since Last-Event-ID, or else for the id after which events are sent.
func (s *stream) start(ctx context.Context, resumed bool) (missed []event, err error) {
	if resumed {
		return s.db.eventsAfter(ctx, s.caller.user.ID, s.lastID)
	}
	s.lastID, err = s.db.lastEventID(ctx, s.caller.user.ID)
	return nil, err
}

// serve ends when the client leaves, the session ends or the service stops.
func (s *stream) serve(ctx context.Context, missed []event, closing <-chan struct{}) {
	header := s.w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	err := s.write([]byte(": open\n\n"))
	if err == nil {
		err = s.send(missed)
	}
	if err == nil {
		err = s.follow(ctx, closing)
	}
	s.log.Debug("event stream ended", "reason", err)
	s.limitWriting() // of the last chunk, which net/http writes
}

// follow sends what comes, and returns why no more does.
func (s *stream) follow(ctx context.Context, closing <-chan struct{}) error {
	heartbeat := time.NewTicker(heartbeatEvery)
	defer heartbeat.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-closing:
			return errServiceStops
		case <-s.wake:
			err = s.sendNew(ctx)
		case <-heartbeat.C:
			err = s.beat(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// sendNew tries again later when the database is lost: the notification that woke it will not come twice.
func (s *stream) sendNew(ctx context.Context) error {
	events, err := s.db.eventsAfter(ctx, s.caller.user.ID, s.lastID)
	if err != nil {
		time.AfterFunc(streamRetryWait, s.wake.ring)
		return nil
	}
	return s.send(events)
}

// beat keeps the connection open and looks whether the session still counts. A lost database ends no session.
func (s *stream) beat(ctx context.Context) error {
	if err := s.write([]byte(": still here\n\n")); err != nil {
		return err
	}
	_, err := s.db.authenticate(ctx, s.caller.tokenHash)
	if errors.Is(err, pgx.ErrNoRows) {
		return errSessionEnded
	}
	return nil
}

func (s *stream) send(events []event) error {
	if len(events) == 0 {
		return nil
	}
	var text []byte
	for _, e := range events {
		var err error
		if text, err = appendEvent(text, e); err != nil {
			return err
		}
	}
	if err := s.write(text); err != nil {
		return err
	}
	s.lastID = events[len(events)-1].id
	return nil
}

func (s *stream) write(text []byte) error {
	s.limitWriting()
	if _, err := s.w.Write(text); err != nil {
		return err
	}
	return http.NewResponseController(s.w).Flush()
}

// limitWriting ignores the error of a connection that is gone: the next write has it too.
func (s *stream) limitWriting() {
	_ = http.NewResponseController(s.w).SetWriteDeadline(time.Now().Add(streamWriteWait))
}
