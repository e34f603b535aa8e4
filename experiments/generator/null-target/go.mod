module paceline/null-target

go 1.25.0
