# shellcheck shell=bash
# Shared by the scripts beside it: how the extension is built, and which files an installation has.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

version=$(sed -nE "s/^default_version = '(.*)'$/\1/p" "$root/pg_intent.control")

# --- cargo -------------------------------------------------------------------------------------------------

# run_cargo PG_CONFIG COMMAND [ARGUMENT...]: package, clippy and tests call cargo by this alone, and so share a build.
# RUSTFMT=true: nobody reads pgrx's bindings, so nothing formats them.
run_cargo() {
    local pg_config=$1 command=$2; shift 2
    (
        cd "$root" || exit
        PGRX_PG_CONFIG_PATH=$pg_config RUSTFMT=true cargo "$command" --release "$@"
    )
}

# --- the package -------------------------------------------------------------------------------------------

# What a package is made of, but for the compiler, as one line: the files' content and the PostgreSQL it is for.
source_inputs() {
    (
        cd "$root" || exit
        printf '%s\n' "$1"
        "$1" --version
        { find Cargo.toml Cargo.lock pg_intent.control scripts/package.sh src sql crates -type f -exec sha256sum {} + ||
            true; } | LC_ALL=C sort
    ) | sha256sum | cut -d ' ' -f 1
}

compiler_inputs() { { cargo --version; rustc --version; printf '%s\n' "${RUSTFLAGS:-}"; } | sha256sum | cut -d ' ' -f 1; }

# is_built PG_CONFIG DIRECTORY: nothing changed since. Where there is no cargo, as under sudo, what is built is used.
is_built() {
    local sources='' compiler=''
    { read -r sources; read -r compiler; } 2>/dev/null <"$2/inputs" || return 1
    [ "$sources" = "$(source_inputs "$1")" ] || return 1
    ! command -v cargo >/dev/null || [ "$compiler" = "$(compiler_inputs)" ]
}

# The install script: the files of sql/ one after the other, in the order that sql/order gives.
install_script() {
    local name
    for name in "$root"/sql/*.sql; do
        name=$(basename "$name" .sql)
        grep -qxF "$name" "$root/sql/order" || die "sql/order does not name '$name'"
    done
    while read -r name; do
        cat "$root/sql/$name.sql" || die "sql/order names '$name', but there is no sql/$name.sql"
        printf '\n'
    done <"$root/sql/order"
}

# build_package PG_CONFIG DIRECTORY: the files of an installation for that PostgreSQL.
build_package() {
    local pg_config=$1 out=$2 library inputs
    is_built "$pg_config" "$out" && return
    require_build_tools
    require_headers "$pg_config"
    say "building the extension for $("$pg_config" --version)"
    rm -rf "$out"
    mkdir -p "$out"
    # Taken before: an edit during the build is not in what it makes.
    inputs=$(source_inputs "$pg_config")
    # cargo says itself where the library is: settings outside the checkout can move it.
    library=$(run_cargo "$pg_config" build --lib --features "pg$(pg_major "$pg_config")" \
        --message-format=json-render-diagnostics |
        sed -nE 's/.*"filenames":\["([^"]*\/libpg_intent\.so)"\].*/\1/p') ||
        die "the extension did not build for $("$pg_config" --version)"
    cp "$library" "$out/pg_intent.so" &&
        cp "$root/pg_intent.control" "$out/" &&
        install_script >"$out/pg_intent--$version.sql" &&
        printf '%s\n' "$inputs" "$(compiler_inputs)" >"$out/inputs"
}

# package_directory PG_CONFIG: one for each installation, as two of the same version may differ.
package_directory() {
    printf '%s/package/pg%s-%s\n' "$target" "$(pg_major "$1")" "$(printf '%s' "$1" | cksum | cut -d ' ' -f 1)"
}

# package PG_CONFIG: builds where something changed, and names the directory.
package() {
    local out
    out=$(package_directory "$1")
    mkdir -p "$target/package" || die "no permission to write to $target"
    locked package build_package "$1" "$out" || exit
    printf '%s\n' "$out"
}

# --- the installation --------------------------------------------------------------------------------------

# installed_files PG_CONFIG: the path of each file; its name is the same in the package.
installed_files() {
    local extensions
    extensions=$("$1" --sharedir)/extension
    printf '%s\n' "$("$1" --pkglibdir)/pg_intent.so" "$extensions/pg_intent.control" \
        "$extensions/pg_intent--$version.sql"
}

# install_package PACKAGE PG_CONFIG [DESTDIR]: a library in use stays whole, as a new file takes its name.
install_package() {
    local file mode
    while read -r file; do
        case $file in *.so) mode=755 ;; *) mode=644 ;; esac
        install -D -m "$mode" "$1/$(basename "$file")" "${3:-}$file" || return
    done < <(installed_files "$2")
}

# uninstall_package PG_CONFIG [DESTDIR]
uninstall_package() {
    local file
    while read -r file; do
        rm -f "${2:-}$file" || return
    done < <(installed_files "$1")
}
