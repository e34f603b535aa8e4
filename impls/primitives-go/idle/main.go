// Command idle does nothing but wait for a line, or the end, of standard input.
package main

import "os"

func main() {
	os.Stdout.WriteString(`{"type":"ready","doneCount":0,"osThreadCount":null,"processCount":1}` + "\n")
	os.Stdin.Read(make([]byte, 16))
}
