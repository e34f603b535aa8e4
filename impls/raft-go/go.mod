module paceline/impls/raft-go

go 1.25.0

require (
	golang.org/x/sys v0.46.0
	paceline/impls/_go/program v0.0.0
	paceline/impls/_go/raft v0.0.0
)

replace paceline/impls/_go/program => ../_go/program

replace paceline/impls/_go/raft => ../_go/raft
