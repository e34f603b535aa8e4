// Command null-target is the server that load generators are compared against: it answers every HTTP/1.1 request with
// the same few bytes, can be slow in ways that are known beforehand, and records when each request reached it, so that
// what a generator claims can be held against what the server saw.
//
//	null-target [-mode null|constant|stall|freeze] [-addr 127.0.0.1:0] [-control 127.0.0.1:0]
//
// It prints one line of JSON with the two addresses. Over the control address:
//
//	POST /reset?mode=stall              forget everything, behave so from now on
//	GET  /count                         requests that have arrived since
//	GET  /report?skipMs=1000&rate=1000&due=5000
//
// The report is also printed when SIGINT or SIGTERM ends it. `rate` and `due` (how many requests were due) let a freeze
// be told from the due times too, which a generator that stops sending during the freeze never sees.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	mode := flag.String("mode", "null", "null, constant, stall or freeze")
	address := flag.String("addr", "127.0.0.1:0", "where requests are answered")
	control := flag.String("control", "127.0.0.1:0", "where it is asked for its report")
	capacity := flag.Int("capacity", 4_000_000, "requests whose times are kept; more are only counted")
	flag.Parse()
	if err := run(*mode, *address, *control, *capacity); err != nil {
		log.Fatal(err)
	}
}

func run(mode, address, control string, capacity int) error {
	behaviour, err := parseMode(mode)
	if err != nil {
		return err
	}
	target := newTarget(behaviour, capacity)
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	controlListener, err := net.Listen("tcp", control)
	if err != nil {
		return err
	}
	fmt.Printf("{\"url\":\"http://%s\",\"controlUrl\":\"http://%s\"}\n", listener.Addr(), controlListener.Addr())
	go target.serve(listener)
	go http.Serve(controlListener, newControl(target))
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	<-ended
	return json.NewEncoder(os.Stdout).Encode(target.recording.Load().report(reportOptions{}))
}
