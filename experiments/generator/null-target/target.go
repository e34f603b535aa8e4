package main

import (
	"bufio"
	"bytes"
	"net"
	"strconv"
	"sync/atomic"
	"time"
)

var answer = []byte("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")

// target answers on bare sockets: what it costs must not hide what a generator costs.
type target struct {
	capacity  int
	recording atomic.Pointer[recording]
}

func newTarget(behaviour mode, capacity int) *target {
	t := &target{capacity: capacity}
	t.reset(behaviour)
	return t
}

func (t *target) reset(behaviour mode) {
	t.recording.Store(newRecording(behaviour, t.capacity))
}

func (t *target) serve(listener net.Listener) {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		go t.answerAll(conn)
	}
}

func (t *target) answerAll(conn net.Conn) {
	defer conn.Close()
	reader := bufio.NewReaderSize(conn, 16<<10)
	for {
		keepAlive, err := skipRequest(reader)
		if err != nil {
			return
		}
		record := t.recording.Load()
		arrivedAt := time.Now()
		index := record.arrive(arrivedAt)
		if delay := record.behaviour.delay(index, record.sinceFirst(arrivedAt)); delay > 0 {
			time.Sleep(delay - time.Since(arrivedAt))
		}
		if _, err := conn.Write(answer); err != nil {
			return
		}
		record.answered(index, time.Since(arrivedAt))
		if !keepAlive {
			return
		}
	}
}

// skipRequest reads one request to its end: its head, and a body of a declared length.
func skipRequest(reader *bufio.Reader) (keepAlive bool, err error) {
	keepAlive = true
	bodyBytes := 0
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return false, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			_, err := reader.Discard(bodyBytes)
			return keepAlive, err
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case bytes.EqualFold(name, []byte("content-length")):
			if bodyBytes, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return false, err
			}
		case bytes.EqualFold(name, []byte("connection")):
			keepAlive = !bytes.EqualFold(bytes.TrimSpace(value), []byte("close"))
		}
	}
}
