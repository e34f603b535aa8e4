module paceline/impls/_go/program

go 1.25.0
