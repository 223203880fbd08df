# The commands that PostgreSQL's extensions have, and this project's own. Each recipe is a script in scripts/, which can
# be run alone. There is no PGXS in it: cargo compiles, and an installation is three files.

# The server to build for and to install into. `make test` takes several.
PG_CONFIG ?=
export DESTDIR REGRESS_OPTS CONTRIB_TESTDB
pg_config = '$(or $(PG_CONFIG),pg_config)'

.PHONY: all install uninstall installcheck dist clean help demo test figures bench fmt lint deny

all:
	@scripts/build $(pg_config)

install:
	@scripts/install $(pg_config)

uninstall:
	@scripts/install --uninstall $(pg_config)

installcheck:
	@PG_CONFIG=$(pg_config) scripts/regress $(REGRESS)

dist:
	@scripts/dist

clean:
	rm -rf target pg_intent-*.zip

help:
	@echo 'For the PostgreSQL that PG_CONFIG=FILE names (default: pg_config on PATH):'
	@echo 'make               build'
	@echo 'make install       build and install; DESTDIR=DIRECTORY goes before each path'
	@echo 'make installcheck  run the regression tests on the running server that PGHOST, PGPORT and PGUSER name, in a'
	@echo '                   new database contrib_regression; REGRESS="000_setup scoring" for some of the tests,'
	@echo '                   000_setup always first; REGRESS_OPTS="..." for pg_regress'
	@echo 'make uninstall     remove what install put there'
	@echo
	@echo 'make dist          the archive for PGXN, of the last commit'
	@echo 'make demo          build, start a private PostgreSQL 18, train and score; then stop it'
	@echo '                   KEEP=1 leaves the server running; DATA=FILE names the Hillstrom data (CSV, may be .gz)'
	@echo 'make test          all tests, on the embedded PostgreSQL 18 and on each of PG_CONFIG="FILE..."'
	@echo 'make figures       repeat the figures of the method; needs the data beside the checkout'
	@echo 'make bench         what a training costs, as ratios; ARGS="--rows 20000 epoch" for a short one, --help for all'
	@echo 'make fmt           format the sources'
	@echo 'make lint          formatting, scripts/shape, clippy with warnings denied, shellcheck'
	@echo 'make deny          licences, sources and bans of the dependencies'
	@echo 'make clean         remove everything built'

demo:
	@scripts/demo/run $(if $(KEEP),--keep) $(if $(DATA),--data '$(DATA)')

test:
	@scripts/test $(PG_CONFIG)

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
