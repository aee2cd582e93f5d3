# Sourced by the top-level commands: prints messages, and builds what is not up to date.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# bound_log FILE [COMMAND...]: copies a log beyond 10 MB to FILE.1 and empties it; COMMAND, if given, runs that as another user. The
# program that writes the log goes on appending.
bound_log() {
    [ -n "$(find "$1" -size +10000k 2>/dev/null)" ] || return 0
    # shellcheck disable=SC2016 # The inner shell expands them.
    "${@:2}" sh -c 'cp -p "$1" "$1.new" && mv "$1.new" "$1.1" && : >"$1" || rm -f "$1.new"' _ "$1"
}

need_sdk() {
    command -v dotnet >/dev/null || fail "there is no 'dotnet' on the PATH: install the .NET SDK 10.0 (https://dot.net)."
    export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
}

# program_folder PROJECT: prints the folder of a built program.
program_folder() { printf '%s/artifacts/bin/%s/release' "$top" "$1"; }

# input_folders PROJECT...: prints the folders that a build of these projects reads: their own, and those of other projects or
# sources that the project files name. A project is given by its folder; OrleansChat.sln means all projects.
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
            # Keep the part before a wildcard, without the last name.
            path=${path%%\**}
            folders+=("${folder#"$top/"}/${path%/*}")
        done < <(cat "$folder"/*.csproj 2>/dev/null | grep -E '(Include|Project)="' | grep -oE '\.\./[^";]*')
    done
    printf '%s\n' "${!seen[@]}"
}

# state_of PATH... [CONDITION...]: prints a checksum of the names, sizes and dates of the files that find finds with these arguments.
state_of() { { find "$@" -type f -printf '%p %s %T@\n' 2>/dev/null || true; } | sort | cksum; }

# input_paths PROJECT...: prints the files and folders that a build of these projects reads.
input_paths() {
    input_folders "$@"
    printf '%s\n' "$top"/{Directory.*,tests/Directory.*,global.json,.editorconfig,[Nn]u[Gg]et.[Cc]onfig}
}
# inputs_of PROJECT...: prints the state of what a build of these projects reads.
inputs_of() {
    local paths
    mapfile -t paths < <(input_paths "$@")
    state_of "${paths[@]}"
}
# newer_inputs_of FILE PROJECT...: prints one input that is newer than the file, if there is any.
newer_inputs_of() {
    local paths
    mapfile -t paths < <(input_paths "${@:2}")
    find "${paths[@]}" -type f -newer "$1" -print -quit 2>/dev/null || true
}
# outputs_of PROJECT...: prints the state of what a build of these projects has written.
outputs_of() {
    local output=$top/artifacts/bin
    [ $# -gt 1 ] || [ "$1" = OrleansChat.sln ] || output+=/$(basename "$top/$1"/*.csproj .csproj)/release
    state_of "$output" -path '*/release/*.dll'
}
# stamp_of PROJECT...: prints the file that notes the state of inputs and outputs after a build.
stamp_of() { printf '%s/artifacts/stamps/%s' "$top" "$(printf '%s,' "${@//\//-}")"; }
is_built() { [ -e "$(stamp_of "$@")" ] && [ "$(cat "$(stamp_of "$@")")" = "$(inputs_of "$@") $(outputs_of "$@")" ]; }

# build PROJECT...: builds projects for release, given as above. Does nothing if neither their inputs nor their outputs have changed
# since the last build of them or of the whole solution. Prints the compiler's output only if it fails. Prints what the audit of the
# packages finds, which is an error if $audit is 'errors'.
build() {
    local stamp target="$top/$1" inputs log findings options=()
    ! is_built "$@" && ! is_built OrleansChat.sln || return 0

    say "Building $* (the first time takes minutes) ..."
    need_sdk
    log=$(mktemp)
    stamp=$(stamp_of "$@")
    inputs=$(inputs_of "$@")
    mkdir -p "${stamp%/*}"
    # A file that was restored with its older date is not newer than the output, and the SDK looks at nothing else.
    if [ -e "$stamp" ] && [ "$(cut -d' ' -f1,2 "$stamp")" != "$inputs" ] && [ -z "$(newer_inputs_of "$stamp" "$@")" ]; then
        options+=(--no-incremental)
    fi
    if [ $# -gt 1 ]; then
        target=$stamp.slnf
        printf '{"solution": {"path": "%s/OrleansChat.sln", "projects": [%s]}}\n' "$top" \
            "$(cd "$top" && for folder in "$@"; do printf '"%s", ' "$folder"/*.csproj; done | sed 's/, $//')" >"$target"
    fi
    # One build runs at a time. The SDK's build servers may outlive it, so they do not inherit this script's locks.
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
    # A file that was edited meanwhile may or may not be in the output: leave it to the next build.
    [ "$inputs" != "$(inputs_of "$@")" ] || printf '%s\n' "$inputs $(outputs_of "$@")" >"$stamp"
}

# build_admin: builds the program orleanschat-admin and sets $admin to its path.
build_admin() {
    admin=$(program_folder OrleansChat.Admin)/orleanschat-admin
    build admin
}
