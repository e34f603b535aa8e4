package main

import (
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"

	"paceline/impls/_go/program"
	"paceline/impls/_go/raft"
)

const maxBodyBytes = 65_536

// service answers the requests.
type service struct {
	cluster *cluster
	log     *slog.Logger
}

var (
	keyPattern    = regexp.MustCompile(`^[A-Za-z0-9._~-]{1,64}$`)
	nodePattern   = regexp.MustCompile(`^[1-9][0-9]{0,3}$`)
	numberPattern = regexp.MustCompile(`^[0-9]{1,15}$`)
)

func (s *service) routes() http.Handler {
	return newRouter(s.log, map[string]methods{
		"/health":                  {"GET": s.health},
		"/kv/*":                    {"GET": s.get, "PUT": s.put},
		"/cluster":                 {"GET": s.overview},
		"/cluster/elections":       {"GET": s.elections},
		"/cluster/leader/crash":    {"POST": s.crashLeader},
		"/cluster/nodes/*/crash":   {"POST": s.ofNode(s.crashNode)},
		"/cluster/nodes/*/restart": {"POST": s.ofNode(s.restartNode)},
		"/cluster/nodes/*/isolate": {"POST": s.ofNode(s.isolate)},
		"/cluster/nodes/*/heal":    {"POST": s.ofNode(s.heal)},
	})
}

func (s *service) health(w http.ResponseWriter, _ *http.Request, _ string) error {
	if s.cluster.currentLeader() == nil {
		return noLeader
	}
	return program.WriteJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

func (s *service) put(w http.ResponseWriter, r *http.Request, key string) error {
	if !keyPattern.MatchString(key) {
		return badKey()
	}
	value, err := program.ReadBody(w, r, maxBodyBytes)
	if err != nil {
		return err
	}
	if !utf8.Valid(value) {
		return program.Invalid("the value must be UTF-8")
	}
	asked := newRequest(key, key+"="+string(value))
	answered, err := s.ask(r, asked, func(m *mail) { m.proposals = append(m.proposals, asked) })
	if err != nil {
		return err
	}
	switch answered.outcome {
	case raft.Committed:
		return program.WriteJSON(w, http.StatusOK, struct {
			Index uint64 `json:"index"`
			Term  uint64 `json:"term"`
		}{answered.index, answered.term})
	case raft.NotLeader:
		return noLeader
	default:
		return outcomeUnknown
	}
}

func (s *service) get(w http.ResponseWriter, r *http.Request, key string) error {
	if !keyPattern.MatchString(key) {
		return badKey()
	}
	asked := newRequest(key, "")
	answered, err := s.ask(r, asked, func(m *mail) { m.reads = append(m.reads, asked) })
	if err != nil {
		return err
	}
	if answered.outcome != raft.ReadAllowed {
		return noLeader
	}
	w.Header().Set("Raft-Index", strconv.FormatUint(answered.index, 10))
	if !answered.found {
		return program.NotFound
	}
	program.WriteBody(w, http.StatusOK, "text/plain; charset=utf-8", []byte(answered.value))
	return nil
}

func badKey() error {
	return program.Invalid("a key has 1 to 64 letters, digits, dots, underscores, tildes and hyphens")
}

// ask puts a request to the leader and waits for its answer as long as a client's patience lasts.
func (s *service) ask(r *http.Request, asked *request, add func(*mail)) (answer, error) {
	leader := s.cluster.currentLeader()
	if leader == nil || !leader.mailbox.ask(add) {
		return answer{}, noLeader
	}
	patience := time.NewTimer(s.cluster.config.requestTimeout)
	defer patience.Stop()
	select {
	case answered := <-asked.answer:
		return answered, nil
	case <-patience.C:
	case <-r.Context().Done():
	}
	return answer{}, outcomeUnknown
}

func (s *service) overview(w http.ResponseWriter, _ *http.Request, _ string) error {
	return program.WriteJSON(w, http.StatusOK, s.cluster.overview())
}

func (s *service) elections(w http.ResponseWriter, r *http.Request, _ string) error {
	after, err := afterNumber(r.URL.Query())
	if err != nil {
		return err
	}
	s.cluster.mu.Lock()
	listed := s.cluster.elections.after(after)
	s.cluster.mu.Unlock()
	return program.WriteJSON(w, http.StatusOK, map[string][]election{"elections": listed})
}

func afterNumber(query url.Values) (int, error) {
	values, given := query["after"]
	if !given {
		return 0, nil
	}
	if len(values) != 1 || !numberPattern.MatchString(values[0]) {
		return 0, program.Invalid(`"after" must be the number of an election`)
	}
	return strconv.Atoi(values[0])
}

func (s *service) crashLeader(w http.ResponseWriter, r *http.Request, _ string) error {
	body, err := program.ReadBody(w, r, maxBodyBytes)
	if err != nil {
		return err
	}
	asked, err := parseConditions(body)
	if err != nil {
		return err
	}
	crashed, err := s.cluster.crashLeader(r.Context(), asked)
	if err != nil {
		return err
	}
	return program.WriteJSON(w, http.StatusOK, crashed)
}

// ofNode finds the node that the path names, and writes what is to be said of it.
func (s *service) ofNode(do func(id int) (any, error)) handler {
	return func(w http.ResponseWriter, _ *http.Request, text string) error {
		id, err := strconv.Atoi(text)
		if err != nil || !nodePattern.MatchString(text) || id > s.cluster.config.clusterSize {
			return program.NotFound
		}
		said, err := do(id)
		if err != nil {
			return err
		}
		return program.WriteJSON(w, http.StatusOK, said)
	}
}

func (s *service) crashNode(id int) (any, error) { return s.cluster.crashNode(id) }

func (s *service) restartNode(id int) (any, error) { return s.cluster.restartNode(id) }

func (s *service) isolate(id int) (any, error) { return s.setIsolated(id, true) }

func (s *service) heal(id int) (any, error) { return s.setIsolated(id, false) }

func (s *service) setIsolated(id int, cut bool) (any, error) {
	return struct {
		ID       int  `json:"id"`
		Isolated bool `json:"isolated"`
	}{id, cut}, s.cluster.setIsolated(id, cut)
}
