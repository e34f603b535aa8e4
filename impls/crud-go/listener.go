package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	channelQueued    = "aggregation_queued"
	channelUserEvent = "user_event"

	relistenWait = 250 * time.Millisecond
	// A connection without notifications for listenerPingEvery is asked whether it still lives.
	listenerPingEvery = 15 * time.Second
)

// listener holds the one connection for LISTEN and passes its notifications on.
type listener struct {
	db    *database
	log   *slog.Logger
	queue bell
	hub   *hub
}

// run listens until the context ends, on a new connection whenever one is lost.
func (l *listener) run(ctx context.Context) {
	level := slog.LevelWarn // of the first failure in a row; the others are no news
	for ctx.Err() == nil {
		listened, err := l.listen(ctx)
		if listened {
			level = slog.LevelWarn
		}
		if ctx.Err() == nil {
			l.log.Log(ctx, level, "database lost", "error", err)
			level = slog.LevelDebug
		}
		sleep(ctx, relistenWait)
	}
}

// listen always returns with an error; listened is whether there was a connection before it.
func (l *listener) listen(ctx context.Context) (listened bool, err error) {
	conn, err := l.connect(ctx)
	if err != nil {
		return false, err
	}
	// The connection is closed with a context of its own: the caller's may have ended.
	defer func() {
		closing, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = conn.Close(closing)
	}()
	l.log.Info("listening")
	// What was notified before is lost: look at everything anew.
	l.queue.ring()
	l.hub.wakeAll()
	err = l.receive(ctx, conn)
	// What took this connection away has taken those of the pool with it, most likely.
	l.db.pool.Reset()
	return true, err
}

func (l *listener) connect(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, l.db.pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, statementWait)
	defer cancel()
	for _, channel := range []string{channelQueued, channelUserEvent} {
		if _, err := conn.Exec(waiting, "LISTEN "+channel); err != nil {
			_ = conn.Close(waiting)
			return nil, err
		}
	}
	return conn, nil
}

func (l *listener) receive(ctx context.Context, conn *pgx.Conn) error {
	for {
		notification, err := waitForNotification(ctx, conn)
		switch {
		case err != nil:
			return err
		case notification != nil:
			l.pass(notification)
		}
	}
}

// waitForNotification gives nil when there was none for a while but the connection lives.
func waitForNotification(ctx context.Context, conn *pgx.Conn) (*pgconn.Notification, error) {
	waiting, cancel := context.WithTimeout(ctx, listenerPingEvery)
	defer cancel()
	notification, err := conn.WaitForNotification(waiting)
	if err == nil || ctx.Err() != nil || !errors.Is(waiting.Err(), context.DeadlineExceeded) {
		return notification, err
	}
	pinging, cancel := context.WithTimeout(ctx, connectWait)
	defer cancel()
	return nil, conn.Ping(pinging)
}

func (l *listener) pass(notification *pgconn.Notification) {
	switch notification.Channel {
	case channelQueued:
		l.queue.ring()
	case channelUserEvent:
		if userID, ok := parseID(notification.Payload); ok {
			l.hub.wakeUser(userID)
		}
	}
}

func sleep(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
