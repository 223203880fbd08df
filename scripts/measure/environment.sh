# shellcheck shell=bash
# Runs a Python program that measures pg_intent beside a private server. scripts/bench/run and scripts/figures/run
# source this; the program imports the modules beside it.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
cd "$root" || exit

environment=$target/measure-venv
requirements=(requirements.txt)
export PYTHONPATH=$root/scripts/measure PYTHONDONTWRITEBYTECODE=1

# help_of PROGRAM ARGUMENT...: prints the program's help and exits if an argument asks for it. Needs no packages.
help_of() {
    case " ${*:2} " in *' --help '* | *' -h '*) exec python3 "$1" --help ;; esac
}

install_environment() {
    local name
    [ -x "$environment/bin/python" ] || python3 -m venv "$environment" >&2 || return
    for name in "${requirements[@]}"; do
        # The copy is written last, so that an interrupted installation is repeated.
        if cmp -s "scripts/measure/$name" "$environment/$name"; then continue; fi
        say "fetching the Python packages of scripts/measure/$name into target/measure-venv"
        "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir \
            -r "scripts/measure/$name" >&2 || return
        cp "scripts/measure/$name" "$environment/$name"
    done
}

# measure [--pg-config FILE] PROGRAM ARGUMENT...: runs the program with its packages and a server.
measure() {
    local server=()
    if [ "$1" = --pg-config ]; then
        server=(--pg-config "$2")
        shift 2
    fi
    has_venv || require_packages python3-venv
    locked measure install_environment || die "could not install the Python packages of the measurements"
    # Numerical libraries use one thread: measurements compare single threads or run side by side.
    export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1
    exec scripts/with-server ${server[@]+"${server[@]}"} -- "$environment/bin/python" "$@"
}
