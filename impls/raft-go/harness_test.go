package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// fast makes elections that a test can wait for, yet slow enough for the race detector on a busy machine.
var fast = map[string]string{
	"ELECTION_TIMEOUT_MIN_MS": "50", "ELECTION_TIMEOUT_MAX_MS": "150", "HEARTBEAT_MS": "15", "LOG_LEVEL": "error",
}

// client talks to a cluster of its own.
type client struct {
	t       *testing.T
	cluster *cluster
	server  *httptest.Server
}

func newClient(t *testing.T, changes map[string]string) *client {
	t.Helper()
	config, err := readConfig(environment(map[string]string{"DATA_DIR": t.TempDir()}, fast, changes))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil)) // at info: that is under test too
	cluster, nodes, err := openCluster(config, log)
	if err != nil {
		t.Fatal(err)
	}
	cluster.start(nodes)
	server := httptest.NewServer((&service{cluster, log}).routes())
	t.Cleanup(func() {
		cluster.stop()
		server.Close()
	})
	return &client{t, cluster, server}
}

// do gives status, header and body.
func (c *client) do(method, path, body string) (int, http.Header, string) {
	request, err := http.NewRequest(method, c.server.URL+path, strings.NewReader(body))
	if err != nil {
		c.t.Error(err)
		return 0, nil, ""
	}
	response, err := c.server.Client().Do(request)
	if err != nil {
		c.t.Error(err)
		return 0, nil, ""
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Error(err)
	}
	return response.StatusCode, response.Header, string(text)
}

// want insists on a status, and reads the answer into the value, if any.
func (c *client) want(status int, method, path, body string, value any) {
	c.t.Helper()
	got, _, text := c.do(method, path, body)
	if got != status {
		c.t.Fatalf("%s %s: got %d, %s; want %d", method, path, got, text, status)
	}
	if value != nil {
		if err := json.Unmarshal([]byte(text), value); err != nil {
			c.t.Fatal(err)
		}
	}
}

// until asks again until the condition holds; one that never does ends with the test's patience.
func (c *client) until(what string, holds func() bool) {
	c.t.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatalf("waited in vain: %s", what)
		}
	}
}

func (c *client) leader() int {
	c.t.Helper()
	id := 0
	c.until("a leader", func() bool {
		var seen overview
		c.want(200, "GET", "/cluster", "", &seen)
		if seen.Leader != nil {
			id = *seen.Leader
		}
		return id != 0
	})
	return id
}

// put writes, again and again while there is no leader.
func (c *client) put(key, value string) {
	c.t.Helper()
	c.until("a put of "+key, func() bool {
		status, _, _ := c.do("PUT", "/kv/"+key, value)
		return status == 200
	})
}

func (c *client) expect(key, value string) {
	c.t.Helper()
	c.until("a read of "+key, func() bool {
		status, _, text := c.do("GET", "/kv/"+key, "")
		if status == 200 && text != value {
			c.t.Fatalf("%s is %q, want %q", key, text, value)
		}
		if status == 404 {
			c.t.Fatalf("%s is lost", key)
		}
		return status == 200
	})
}

func nodePath(id int, act string) string { return "/cluster/nodes/" + strconv.Itoa(id) + "/" + act }

// crashLeader crashes the leader of that moment, and returns the answer.
func (c *client) crashLeader(body string) crash {
	c.t.Helper()
	var crashed crash
	c.until("a crash of the leader", func() bool {
		status, _, text := c.do("POST", "/cluster/leader/crash", body)
		if status == 200 {
			if err := json.Unmarshal([]byte(text), &crashed); err != nil {
				c.t.Fatal(err)
			}
		}
		return status == 200
	})
	return crashed
}

// elected waits until the last election is complete.
func (c *client) elected() election {
	c.t.Helper()
	var last election
	c.until("an election", func() bool {
		var list struct{ Elections []election }
		c.want(200, "GET", "/cluster/elections", "", &list)
		if len(list.Elections) > 0 {
			last = list.Elections[len(list.Elections)-1]
		}
		return last.Leader != nil
	})
	return last
}
