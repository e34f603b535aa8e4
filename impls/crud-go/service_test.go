package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// client speaks to a service on the database of CRUD_TEST_DATABASE_URL (the schema applied, an ordinary role) as one user.
type client struct {
	t       *testing.T
	service *service
	base    string
	token   string
}

func newClient(t *testing.T) *client {
	url := os.Getenv("CRUD_TEST_DATABASE_URL")
	if url == "" {
		t.Skip("CRUD_TEST_DATABASE_URL is not set")
	}
	config, err := readConfig(environment(map[string]string{"DATABASE_URL": url}))
	if err != nil {
		t.Fatal(err)
	}
	db, err := openDatabase(config)
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	s := &service{config: config, log: log, db: db, cache: newCache(config.cacheBytes), hasher: newHasher(2), hub: newHub(2)}
	startBackground(t, s)
	server := httptest.NewServer(s.routes())
	t.Cleanup(server.Close)
	t.Cleanup(s.hub.close)
	return &client{t: t, service: s, base: server.URL}
}

func startBackground(t *testing.T, s *service) {
	ctx, stop := context.WithCancel(context.Background())
	queue := newBell()
	var background sync.WaitGroup
	background.Go(func() { (&aggregator{db: s.db, log: s.log, queue: queue}).run(ctx) })
	background.Go(func() { (&listener{db: s.db, log: s.log, queue: queue, hub: s.hub}).run(ctx) })
	t.Cleanup(func() {
		stop()
		background.Wait()
		s.db.pool.Close()
	})
}

func (c *client) open(method, path, body string, header ...string) *http.Response {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

// call wants this status, and gives the answer's header and its body.
func (c *client) call(status int, method, path, body string, header ...string) (http.Header, []byte) {
	c.t.Helper()
	response := c.open(method, path, body, header...)
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != status {
		c.t.Fatalf("%s %s: got %d, %v, %s; want %d", method, path, response.StatusCode, err, text, status)
	}
	return response.Header, text
}

// callJSON gives the field of the answer.
func (c *client) callJSON(status int, field, method, path, body string, header ...string) string {
	c.t.Helper()
	_, text := c.call(status, method, path, body, header...)
	var answer map[string]any
	if err := json.Unmarshal(text, &answer); err != nil {
		c.t.Fatal(err)
	}
	value, _ := answer[field].(string)
	return value
}

func (c *client) signUpAndLogIn() {
	c.t.Helper()
	credentials := `{"name":"` + strings.ToLower(newToken()) + `","password":"password1"}`
	c.call(201, "POST", "/users", credentials, "Content-Type", "application/json")
	c.call(409, "POST", "/users", credentials, "Content-Type", "application/json")
	c.token = c.callJSON(201, "token", "POST", "/sessions", credentials, "Content-Type", "application/json")
}

// replaceElsewhere does what another process would: this one's cache hears nothing of it.
func (c *client) replaceElsewhere(path, body string) {
	c.t.Helper()
	db := c.service.db
	caller, err := db.authenticate(c.t.Context(), tokenHash(c.token))
	if err != nil {
		c.t.Fatal(err)
	}
	id, _ := parseID(strings.TrimPrefix(path, "/files/"))
	if _, err := db.replaceFile(c.t.Context(), fileKey{id, caller.ID}, condition{star: true}, "a/b", []byte(body)); err != nil {
		c.t.Fatal(err)
	}
}

func TestSessionsEndWithLogOut(t *testing.T) {
	c := newClient(t)
	c.call(200, "GET", "/health", "")
	c.call(401, "GET", "/users/me", "")
	c.signUpAndLogIn()
	c.call(200, "GET", "/users/me", "")
	c.call(204, "DELETE", "/sessions/current", "")
	header, _ := c.call(401, "GET", "/users/me", "")
	if header.Get("WWW-Authenticate") != "Bearer" {
		t.Error("WWW-Authenticate is missing")
	}
}

func TestFilesAreReplacedUnderTheirVersionAndNeverReadStale(t *testing.T) {
	c := newClient(t)
	c.signUpAndLogIn()
	path := "/files/" + c.callJSON(201, "id", "POST", "/files?name=a", "first", "Content-Type", "text/plain")
	readContent := func(wantBody, wantCache string) {
		t.Helper()
		header, body := c.call(200, "GET", path+"/content", "")
		if string(body) != wantBody || header.Get("X-Cache") != wantCache {
			t.Errorf("got %q, %s; want %q, %s", body, header.Get("X-Cache"), wantBody, wantCache)
		}
	}
	readContent("first", "miss")
	readContent("first", "hit")
	c.call(428, "PUT", path, "second", "Content-Type", "text/plain")
	c.call(412, "PUT", path, "second", "Content-Type", "text/plain", "If-Match", `"2"`)
	c.call(200, "PUT", path, "second", "Content-Type", "text/plain", "If-Match", `"1"`)
	readContent("second", "miss")
	readContent("second", "hit")
	c.replaceElsewhere(path, "third")
	readContent("third", "miss")
	c.call(304, "GET", path, "", "If-None-Match", `W/"3"`)
	c.call(204, "DELETE", path, "")
	c.call(404, "GET", path+"/content", "")
}

func TestAggregationsAreReportedToTheirUser(t *testing.T) {
	c := newClient(t)
	c.signUpAndLogIn()
	stream := bufio.NewScanner(c.open("GET", "/events", "").Body)
	expectLine(t, stream, ": open")
	first := c.callJSON(201, "id", "POST", "/files?name=a", string(vector(1, 2)), "Content-Type", "a/b")
	second := c.callJSON(201, "id", "POST", "/files?name=b", string(vector(3, 5)), "Content-Type", "a/b")
	job := c.callJSON(202, "id", "POST", "/aggregations", `{"fileIds":["`+first+`","`+second+`"]}`, "Content-Type", "application/json")
	expectLine(t, stream, "id: 1")
	result := c.callJSON(200, "resultFileId", "GET", "/aggregations/"+job, "")
	_, body := c.call(200, "GET", "/files/"+result+"/content", "")
	if !bytes.Equal(body, vector(2, 3.5)) {
		t.Errorf("got %x", body)
	}
	resumed := bufio.NewScanner(c.open("GET", "/events", "", "Last-Event-ID", "0").Body)
	expectLine(t, resumed, `data: {"aggregationId":"`+job+`","status":"ready","resultFileId":"`+result+`","reason":null}`)
	c.call(503, "GET", "/events", "")
}

func TestJobsWhoseFilesAreGoneFail(t *testing.T) {
	c := newClient(t)
	c.signUpAndLogIn()
	caller, err := c.service.db.authenticate(t.Context(), tokenHash(c.token))
	if err != nil {
		t.Fatal(err)
	}
	job, err := c.service.db.queueAggregation(t.Context(), caller.ID, []pgtype.UUID{testID(1)})
	if err != nil {
		t.Fatal(err)
	}
	resumed := bufio.NewScanner(c.open("GET", "/events", "", "Last-Event-ID", "0").Body)
	expectLine(t, resumed, `data: {"aggregationId":"`+job.ID.String()+`","status":"failed","resultFileId":null,"reason":"file-gone"}`)
}

func TestServiceOutlivesItsConnections(t *testing.T) {
	c := newClient(t)
	c.signUpAndLogIn()
	stream := bufio.NewScanner(c.open("GET", "/events", "").Body)
	expectLine(t, stream, ": open")
	id := c.callJSON(201, "id", "POST", "/files?name=a", string(vector(1)), "Content-Type", "a/b")
	_, _ = c.service.db.exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity `+
		`WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()`)
	time.Sleep(2 * relistenWait)
	c.call(200, "GET", "/users/me", "")
	c.call(202, "POST", "/aggregations", `{"fileIds":["`+id+`"]}`, "Content-Type", "application/json")
	expectLine(t, stream, "id: 1")
}

func TestListenerWakesAllOnceConnected(t *testing.T) {
	c := newClient(t)
	queue, streams := newBell(), newHub(1)
	stream, _, _ := streams.enter(testID(1))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go (&listener{db: c.service.db, log: c.service.log, queue: queue, hub: streams}).run(ctx)
	for _, waited := range []bell{queue, stream} {
		select {
		case <-waited:
		case <-time.After(5 * time.Second):
			t.Fatal("a bell was not rung")
		}
	}
}

// expectLine reads until the line comes; a line that never comes ends with the test's time.
func expectLine(t *testing.T, stream *bufio.Scanner, want string) {
	t.Helper()
	for stream.Scan() {
		if stream.Text() == want {
			return
		}
	}
	t.Fatalf("the stream ended before %q: %v", want, stream.Err())
}
