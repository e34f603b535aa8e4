// Command http-server answers any GET with 200 and "ok" until standard input brings a line, or its end.
package main

import (
	"io"
	"net"
	"net/http"
	"os"
)

func main() {
	listener, err := net.Listen("tcp", net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT")))
	if err != nil {
		os.Stderr.WriteString("http-server: " + err.Error() + "\n")
		os.Exit(1)
	}
	http.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "ok") })
	go http.Serve(listener, nil)
	os.Stdout.WriteString(`{"type":"ready","doneCount":0,"osThreadCount":null,"processCount":1}` + "\n")
	os.Stdin.Read(make([]byte, 16))
}
