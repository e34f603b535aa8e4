// Command empty does nothing at all.
package main

func main() {}
