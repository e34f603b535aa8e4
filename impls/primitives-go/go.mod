module paceline/impls/primitives-go

go 1.25.0
