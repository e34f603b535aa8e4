package main

import (
	"maps"
	"testing"
)

func TestQueryKeepsListedParametersOnly(t *testing.T) {
	for raw, want := range map[string]query{
		"":                            {},
		"name":                        {"name": ""},
		"name=a%20b+c&other=1&other=": {"name": "a b c"},
		"n%61me=%C3%A9;x":             {"name": "é;x"},
		"Name=1&&limit=2":             {"limit": "2"},
	} {
		got, err := parseQuery(raw, "name", "limit")
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("%q: got %q, %v; want %q", raw, got, err, want)
		}
	}
}

func TestQueryRejectsDoublesAndWrongEncoding(t *testing.T) {
	for _, raw := range []string{"name=1&name=1", "name=1&n%61me=2", "name=%ff", "name=%zz", "name=%4", "name=\xff", "other=%C3"} {
		_, err := parseQuery(raw, "name")
		if got := statusOf(t, err); got != 422 {
			t.Errorf("%q: got %d, want 422", raw, got)
		}
	}
}

func TestPageHasItsBounds(t *testing.T) {
	const id = "0198c0de-0000-7000-8000-00000000000a"
	for raw, want := range map[string]int{
		"": 20, "limit=1": 1, "limit=100": 100, "after=" + id: 20, "limit=7&after=" + id: 7,
		"limit=": 0, "limit=0": 0, "limit=01": 0, "limit=101": 0, "limit=1000": 0, "limit=%2B5": 0, "limit=5%0A": 0, "after=x": 0, "after=": 0,
	} {
		got, err := parsePage(raw)
		if got.limit != want || (err == nil) != (want > 0) {
			t.Errorf("%q: got %d, %v; want %d", raw, got.limit, err, want)
		}
	}
}
