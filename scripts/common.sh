# Sourced by the commands at the top: messages, and what is built already.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# bound_log FILE [COMMAND...]: beyond 10 MB what is in it becomes FILE.1, as COMMAND runs it. Whoever writes it goes on, at its end, which
# becomes its beginning.
bound_log() {
    [ -n "$(find "$1" -size +10000k 2>/dev/null)" ] || return 0
    # shellcheck disable=SC2016 # The inner shell's.
    "${@:2}" sh -c 'cp -p "$1" "$1.new" && mv "$1.new" "$1.1" && : >"$1" || rm -f "$1.new"' _ "$1"
}

need_sdk() {
    command -v dotnet >/dev/null || fail "the .NET SDK 10.0 is needed: there is no 'dotnet' on the PATH (https://dot.net)."
    export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
}

# The folder of a built program: program_folder PROJECT
program_folder() { printf '%s/artifacts/bin/%s/release' "$top" "$1"; }

# input_folders PROJECT...: the folders that a build of these projects reads: their own, and those that the project files name, of
# other projects or of sources. A project is given by its folder; OrleansChat.sln stands for all.
input_folders() {
    local folder path folders=("$@")
    local -A seen=()
    [ "$1" != OrleansChat.sln ] || mapfile -t folders < <(grep -oE '"[^"]+\.csproj"' "$top/$1" | tr '\134' / | sed -E 's#"(.*)/[^/]*"#\1#')
    while [ ${#folders[@]} -gt 0 ]; do
        folder=$(cd "$top/${folders[-1]}" 2>/dev/null && pwd) || folder=''
        unset 'folders[-1]'
        [ -n "$folder" ] && [ -z "${seen[$folder]:-}" ] || continue
        seen[$folder]=1
        while read -r path; do
            # What stands before a wildcard, without the last name.
            path=${path%%\**}
            folders+=("${folder#"$top/"}/${path%/*}")
        done < <(cat "$folder"/*.csproj 2>/dev/null | grep -E '(Include|Project)="' | grep -oE '\.\./[^";]*')
    done
    printf '%s\n' "${!seen[@]}"
}

# state_of PATH... [CONDITION...]: a number for the files there, as find takes them: names, sizes, dates.
state_of() { { find "$@" -type f -printf '%p %s %T@\n' 2>/dev/null || true; } | sort | cksum; }

# What a build of these projects reads, what it has written, and where this is noted when it is done.
input_paths() {
    input_folders "$@"
    printf '%s\n' "$top"/{Directory.*,tests/Directory.*,global.json,.editorconfig,[Nn]u[Gg]et.[Cc]onfig}
}
inputs_of() {
    local paths
    mapfile -t paths < <(input_paths "$@")
    state_of "${paths[@]}"
}
# newer_inputs_of FILE PROJECT...: prints an input that is newer than the file, if there is one.
newer_inputs_of() {
    local paths
    mapfile -t paths < <(input_paths "${@:2}")
    find "${paths[@]}" -type f -newer "$1" -print -quit 2>/dev/null || true
}
outputs_of() {
    local output=$top/artifacts/bin
    [ $# -gt 1 ] || [ "$1" = OrleansChat.sln ] || output+=/$(basename "$top/$1"/*.csproj .csproj)/release
    state_of "$output" -path '*/release/*.dll'
}
stamp_of() { printf '%s/artifacts/stamps/%s' "$top" "$(printf '%s,' "${@//\//-}")"; }
is_built() { [ -e "$(stamp_of "$@")" ] && [ "$(cat "$(stamp_of "$@")")" = "$(inputs_of "$@") $(outputs_of "$@")" ]; }

# build PROJECT...: has projects built for release, given as above. Does nothing if neither their inputs nor their output have changed
# since it built them, or all. Shows the compiler's output only if it fails. What the audit of the packages finds is said, and is an
# error where $audit is 'errors'.
build() {
    local stamp target="$top/$1" inputs log findings options=()
    ! is_built "$@" && ! is_built OrleansChat.sln || return 0

    say "Building $* (minutes at the first time) ..."
    need_sdk
    log=$(mktemp)
    stamp=$(stamp_of "$@")
    inputs=$(inputs_of "$@")
    mkdir -p "${stamp%/*}"
    # A file that was put back with its older date is no newer than the output, which is all that the SDK looks at.
    if [ -e "$stamp" ] && [ "$(cut -d' ' -f1,2 "$stamp")" != "$inputs" ] && [ -z "$(newer_inputs_of "$stamp" "$@")" ]; then
        options+=(--no-incremental)
    fi
    if [ $# -gt 1 ]; then
        target=$stamp.slnf
        printf '{"solution": {"path": "%s/OrleansChat.sln", "projects": [%s]}}\n' "$top" \
            "$(cd "$top" && for folder in "$@"; do printf '"%s", ' "$folder"/*.csproj; done | sed 's/, $//')" >"$target"
    fi
    # One build at a time. Servers of the SDK may outlive it: they do not get this script's locks.
    if ! flock -o "$top/artifacts/lock" env -C "$top" dotnet build "$target" -c Release -v q --nologo "${options[@]}" >"$log" 2>&1 8>&- 9>&-; then
        cat "$log" >&2
        rm -f "$log"
        fail "could not build $*."
    fi
    findings=$(grep -oE 'warning NU190[1-4]: .*' "$log" | sed 's/ \[[^[]*\]$//' | sort -u) || true
    rm -f "$log"
    if [ -n "$findings" ]; then
        say "$findings"
        [ "${audit:-}" != errors ] || fail "packages with known vulnerabilities are used."
    fi
    # What was edited meanwhile may be in the output or not: the next build tells.
    [ "$inputs" != "$(inputs_of "$@")" ] || printf '%s\n' "$inputs $(outputs_of "$@")" >"$stamp"
}

# build_admin: has the program orleanschat-admin ready, and sets $admin to it.
build_admin() {
    admin=$(program_folder OrleansChat.Admin)/orleanschat-admin
    build admin
}
