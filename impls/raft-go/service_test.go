package main

import (
	"strings"
	"testing"
)

func TestRoutesAreMatchedExactly(t *testing.T) {
	c := newClient(t, nil)
	c.leader()
	for _, try := range []struct {
		method, path, body string
		want               int
	}{
		{"GET", "/health", "", 200}, {"GET", "/health?x=%zz", "", 200}, {"GET", "/health/", "", 404}, {"GET", "//health", "", 404},
		{"GET", "/", "", 404}, {"GET", "/kv", "", 404}, {"GET", "/kv/", "", 404}, {"GET", "/kv/a/b", "", 404}, {"GET", "/%6bv/a", "", 404},
		{"HEAD", "/health", "", 405}, {"POST", "/kv/a", "", 405}, {"GET", "/cluster/leader/crash", "", 405}, {"OPTIONS", "/cluster", "", 405},
		{"PUT", "/kv/..", "dots", 200}, {"GET", "/kv/..", "", 200}, {"PUT", "/kv/*", "", 422}, {"PUT", "/kv/a%62", "", 422},
		{"PUT", "/kv/" + strings.Repeat("k", 64), "", 200}, {"PUT", "/kv/" + strings.Repeat("k", 65), "", 422}, {"GET", "/kv/none", "", 404},
		{"PUT", "/kv/a", strings.Repeat("v", 65_536), 200}, {"PUT", "/kv/a", strings.Repeat("v", 65_537), 413}, {"PUT", "/kv/a", "\xff", 422},
		{"GET", "/cluster/elections?after=1", "", 200}, {"GET", "/cluster/elections?after=-1", "", 422}, {"GET", "/cluster/elections?after=", "", 422},
		{"POST", "/cluster/nodes/0/heal", "", 404}, {"POST", "/cluster/nodes/4/heal", "", 404}, {"POST", "/cluster/nodes/01/heal", "", 404},
		{"POST", "/cluster/nodes/x/heal", "", 404}, {"POST", "/cluster/nodes/3/heal", "ignored", 200}, {"POST", "/cluster/nodes/3/restart", "", 409},
		{"POST", "/cluster/leader/crash", "{", 400}, {"POST", "/cluster/leader/crash", "\xff", 400}, {"POST", "/cluster/leader/crash", "[]", 422},
		{"POST", "/cluster/leader/crash", "null", 422}, {"POST", "/cluster/leader/crash", `{"laggards":-1}`, 422}, {"POST", "/cluster/leader/crash", `{"laggards":0.5}`, 422},
		{"POST", "/cluster/leader/crash", `{"synchronise":1}`, 422}, {"POST", "/cluster/leader/crash", `{"other":1}`, 422},
		{"POST", "/cluster/leader/crash", strings.Repeat(" ", 65_537), 413}, {"POST", "/cluster/leader/crash", `{"laggards":2}`, 409},
	} {
		if got, _, text := c.do(try.method, try.path, try.body); got != try.want {
			t.Errorf("%s %s: got %d, %s; want %d", try.method, try.path, got, text, try.want)
		}
	}
}

func TestReadsReturnTheirIndex(t *testing.T) {
	c := newClient(t, nil)
	c.put("a", "grüße")
	status, header, text := c.do("GET", "/kv/a", "")
	if status != 200 || text != "grüße" || header.Get("Raft-Index") != "2" || header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("got %d, %q, %v", status, text, header)
	}
	if _, header, _ := c.do("GET", "/kv/none", ""); header.Get("Raft-Index") == "" {
		t.Error("what is not there was read at an index too")
	}
}
