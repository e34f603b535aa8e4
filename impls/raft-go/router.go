package main

import (
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"

	"paceline/impls/_go/program"
)

// handler answers a request to a path with this parameter, or returns why it does not.
type handler func(w http.ResponseWriter, r *http.Request, parameter string) error

// methods are the handlers of one path.
type methods map[string]handler

// router finds the handler of a request. Paths have at most one parameter, written *. ServeMux is not used: it would clean the
// path of the key "..".
type router struct{ paths map[string]methods }

func newRouter(log *slog.Logger, paths map[string]methods) http.Handler {
	responder := &program.Responder{Log: log, ProblemOf: problemOf}
	return program.LogRequests(log, responder.Handle((&router{paths}).answer))
}

func (rt *router) answer(w http.ResponseWriter, r *http.Request) error {
	found, parameter := rt.find(r.URL.EscapedPath())
	if found == nil {
		return program.NotFound
	}
	chosen, allowed := found[r.Method]
	if !allowed {
		w.Header().Set("Allow", strings.Join(slices.Sorted(maps.Keys(found)), ", "))
		return program.MethodNotAllowed
	}
	return chosen(w, r, parameter)
}

// find matches the path exactly and undecoded. No segment may be empty.
func (rt *router) find(path string) (found methods, parameter string) {
	if found, exact := rt.paths[path]; exact {
		return found, ""
	}
	segments := strings.Split(path, "/")
	for i, segment := range segments[1:] {
		segments[i+1] = "*"
		if found, matches := rt.paths[strings.Join(segments, "/")]; matches && segment != "" {
			return found, segment
		}
		segments[i+1] = segment
	}
	return nil, ""
}
