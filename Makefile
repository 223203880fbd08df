# What the README names. Each recipe is a script in scripts/, which can be run alone.

.PHONY: help demo test install figures bench fmt lint deny clean

help:
	@echo 'make demo      build, start a private PostgreSQL 18, train and score; then stop it'
	@echo '               KEEP=1 leaves the server running; DATA=FILE names the Hillstrom data (CSV, may be .gz)'
	@echo 'make test      all tests, on the embedded PostgreSQL 18 and on each of PG_CONFIG="FILE..."'
	@echo 'make install   build and install into the server of PG_CONFIG=FILE (default: pg_config on PATH)'
	@echo 'make figures   repeat the figures of the method; needs the data beside the checkout'
	@echo 'make bench     what a training costs, as ratios; ARGS="--rows 20000 epoch" for a short one, --help for all'
	@echo 'make fmt       format the sources'
	@echo 'make lint      formatting and clippy, warnings denied'
	@echo 'make deny      licences, sources and bans of the dependencies'
	@echo 'make clean     remove everything built'

demo:
	@scripts/demo/run $(if $(KEEP),--keep) $(if $(DATA),--data '$(DATA)')

test:
	@scripts/test $(PG_CONFIG)

install:
	@scripts/install $(PG_CONFIG)

figures:
	@scripts/figures/run $(ARGS)

bench:
	@scripts/bench/run $(ARGS)

fmt:
	@cargo fmt --all

lint:
	@scripts/lint

deny:
	@scripts/deny

clean:
	rm -rf target
