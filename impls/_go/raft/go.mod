module paceline/impls/_go/raft

go 1.25.0
