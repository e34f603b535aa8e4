package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// startServer runs the whole program but for its environment; end gives what it says at its end.
func startServer(t *testing.T, changes map[string]string) (url string, end func() error) {
	t.Helper()
	port := freePort(t)
	config, err := readConfig(environment(map[string]string{"PORT": port, "DATA_DIR": t.TempDir()}, fast, changes))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, config, slog.New(slog.DiscardHandler)) }()
	end = func() error {
		stop()
		return <-ended
	}
	return "http://127.0.0.1:" + port, end
}

func freePort(t *testing.T) string {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = socket.Close() }()
	_, port, _ := net.SplitHostPort(socket.Addr().String())
	return port
}

func awaitHealth(t *testing.T, url string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if response, err := http.Get(url + "/health"); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == 200 {
				return
			}
		}
	}
	t.Fatal("no leader")
}

func TestServiceStopsDuringAnElectionWithRequestsInFlight(t *testing.T) {
	url, end := startServer(t, map[string]string{"REQUEST_TIMEOUT_MS": "60000"})
	awaitHealth(t, url)
	var clients sync.WaitGroup
	for i := range 8 {
		clients.Go(func() { putUntilGone(url + "/kv/k" + strconv.Itoa(i)) })
	}
	response, err := http.Post(url+"/cluster/leader/crash", "", strings.NewReader(`{"synchronise":true}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if err := end(); err != nil {
		t.Error(err)
	}
	clients.Wait()
}

// putUntilGone ends when the server is gone.
func putUntilGone(url string) {
	for {
		request, err := http.NewRequest("PUT", url, bytes.NewReader([]byte("v")))
		if err != nil {
			panic(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return
		}
		_ = response.Body.Close()
	}
}

func TestServiceFindsItsDataAgain(t *testing.T) {
	dir := t.TempDir()
	for run := range 3 {
		url, end := startServer(t, map[string]string{"DATA_DIR": dir})
		awaitHealth(t, url)
		c := &http.Client{}
		for key := range run {
			response, err := c.Get(fmt.Sprintf("%s/kv/k%d", url, key))
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode != 200 {
				t.Errorf("run %d: key %d: got %d", run, key, response.StatusCode)
			}
		}
		request, _ := http.NewRequest("PUT", fmt.Sprintf("%s/kv/k%d", url, run), strings.NewReader("v"))
		response, err := c.Do(request)
		if err != nil || response.StatusCode != 200 {
			t.Fatalf("got %v, %v", response, err)
		}
		_ = response.Body.Close()
		c.CloseIdleConnections()
		if err := end(); err != nil {
			t.Error(err)
		}
	}
}

func TestServiceOnATakenPortLeavesNoFiles(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	dir := t.TempDir()
	_, end := startServer(t, map[string]string{"PORT": port, "DATA_DIR": dir})
	if err := end(); !errors.Is(err, errCannotStart) {
		t.Error(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestServiceDoesNotStartWhereItCannot(t *testing.T) {
	dir := t.TempDir()
	url, end := startServer(t, map[string]string{"DATA_DIR": dir})
	awaitHealth(t, url)
	taken := url[strings.LastIndex(url, ":")+1:]
	for _, bad := range []struct {
		changes map[string]string
		says    string
	}{
		{map[string]string{"DATA_DIR": dir}, "in use"},
		{map[string]string{"PORT": taken}, "address already in use"},
		{map[string]string{"DATA_DIR": dir + "/none"}, "no such file"},
		{map[string]string{"DATA_DIR": "/dev/null"}, "not a folder"},
		{map[string]string{"DATA_DIR": "/proc/self"}, "node-1.log"}, // not writable for any user
	} {
		_, failed := startServer(t, bad.changes)
		if err := failed(); !errors.Is(err, errCannotStart) || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%v: got %v", bad.changes, err)
		}
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}
