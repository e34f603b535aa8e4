package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

func newControl(t *target) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /reset", func(w http.ResponseWriter, r *http.Request) {
		behaviour, err := parseMode(r.URL.Query().Get("mode"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		t.reset(behaviour)
	})
	mux.HandleFunc("GET /count", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, t.recording.Load().count.Load())
	})
	mux.HandleFunc("GET /report", func(w http.ResponseWriter, r *http.Request) {
		options, err := parseReportOptions(r.URL.Query())
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(t.recording.Load().report(options))
	})
	return mux
}

func parseReportOptions(query url.Values) (options reportOptions, err error) {
	number := func(name string) float64 {
		text := query.Get(name)
		if text == "" || err != nil {
			return 0
		}
		var value float64
		if value, err = strconv.ParseFloat(text, 64); err != nil || value < 0 {
			err = fmt.Errorf("%s is no number of 0 or more: %q", name, text)
		}
		return value
	}
	options = reportOptions{
		skipNs:     int64(number("skipMs") * 1e6),
		ratePerSec: number("rate"),
		dueCount:   int64(number("due")),
	}
	return options, err
}
