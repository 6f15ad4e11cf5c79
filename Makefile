GOLANGCI = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.PHONY: help run test race check bench-serve bench-large generate format lint licences graphiql

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

run: ## serve at http://127.0.0.1:8080/
	go run .

test: ## run the tests
	go test ./...

check: ## what must pass: generated code, format, lint, tests, races of what runs at once
	.ci/run

race: ## run all tests under the race detector (two hours on two cores)
	go test -race -timeout 60m ./...

generate: ## write graph/gen from schema.graphqls
	go generate ./...

format: ## format the code as the linter wants it
	go run $(GOLANGCI) fmt

lint: ## run golangci-lint
	go run $(GOLANGCI) run

graphiql: ## rebuild GraphiQL into web/dist
	cd web/graphiql && npm ci && npm run build

licences: ## list the licences of all modules and npm packages
	go run ./bench/licences

bench-serve: ## measure the service between a ceiling and a floor (needs wrk; ten minutes)
	test -f bench.db || go run ./bench/generate --db bench.db
	go build -o bench.bin . && go build -o serve.bin ./bench/serve
	./serve.bin run --db bench.db --parley ./bench.bin
	./serve.bin writes --db bench.db --parley ./bench.bin
	./serve.bin starts --db bench.db --parley ./bench.bin
	rm -f bench.bin serve.bin
	go test ./store -run '^$$' -bench Commit -benchtime 2s
	go test ./bench -run '^$$' -bench Introspection

bench-large: ## measure reads of 2,000,000 events beside 200,000 (needs wrk and 20 GB; half an hour)
	test -f bench.db || go run ./bench/generate --db bench.db
	test -f large.db || go run ./bench/generate --events 2000000 --db large.db
	go build -o bench.bin . && go build -o serve.bin ./bench/serve
	./serve.bin growth --db bench.db --large large.db --parley ./bench.bin
	rm -f bench.bin serve.bin large.db*
