# Sourced by the commands at the top: messages, the SDK, the choice of the grain host.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

need_sdk() {
    command -v dotnet >/dev/null || fail "the .NET SDK 10 is needed: no 'dotnet' on the PATH (https://dot.net)."
    local major
    major=$(cd "$top" && dotnet --version 2>/dev/null | cut -d. -f1)
    [ "${major:-0}" -ge 10 ] || fail "the .NET SDK 10 is needed; this is $(dotnet --version 2>/dev/null || echo 'none')."
    export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
}

can_restore_orleans() {
    dotnet restore "$top/OrleansChat.sln" -p:GrainHost=Orleans -v q >/dev/null 2>&1
}

# Sets $grain_host to Orleans or Embedded, from the wish given or by what can be restored, and leaves the choice for a
# plain 'dotnet build'.
choose_host() {
    case "${1:-}" in
        orleans) can_restore_orleans || fail "Orleans's packages cannot be restored here; '--host embedded' needs none of them."
                 grain_host=Orleans ;;
        embedded) grain_host=Embedded ;;
        '') if can_restore_orleans; then grain_host=Orleans
            else grain_host=Embedded; say "Orleans's packages cannot be restored here: using the embedded host."; fi ;;
        *) fail "'$1' is no host: it is orleans or embedded." ;;
    esac
    printf '<Project><PropertyGroup><GrainHost Condition="'"'\$(GrainHost)' == ''"'">%s</GrainHost></PropertyGroup></Project>\n' \
        "$grain_host" > "$top/GrainHost.props"
}

# build HOST PROJECT [OPTION...]: builds for release, and shows the compiler's output only if it fails.
build() {
    local log
    log=$(mktemp)
    if ! dotnet build "$top/$2" -c Release -p:GrainHost="$1" "${@:3}" -v q --nologo >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        fail "the build for the host $1 failed."
    fi
    rm -f "$log"
}

# The folder of a built program: program_folder HOST PROJECT
program_folder() { printf '%s/artifacts/%s/bin/%s/release' "$top" "${1,,}" "$2"; }

# build_admin: has the program orleanschat-admin ready, and sets $admin to it. No grain host is in it: one build serves for both.
build_admin() {
    admin=$(program_folder Embedded OrleansChat.Admin)/orleanschat-admin
    if [ ! -x "$admin" ] || [ -n "$(find "$top/admin" "$top/storage" "$top/identifiers" "$top"/Directory.*.props -newer "$admin" \
        \( -name '*.cs' -o -name '*.sql' -o -name '*.csproj' -o -name '*.props' \) -print -quit)" ]; then
        build Embedded admin
        # An unchanged program keeps its date: it is up to date all the same.
        touch "$admin"
    fi
}
