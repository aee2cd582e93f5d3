# Sourced by ./bench: builds programs, and runs what takes long so that a signal ends it at once. Needs common.sh.

child=
# interruptible COMMAND...: runs a command so that a signal to this script ends both at once. The terminal's signals do not reach the
# command itself: end_child ends it.
interruptible() {
    local status=0
    setsid "$@" &
    child=$!
    wait "$child" || status=$?
    child=
    return "$status"
}

# end_child: ends the command that is under way, waits until it has cleaned up, and ends what it has left.
end_child() {
    [ -n "$child" ] || return 0
    kill -TERM "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
    kill -TERM -- "-$child" 2>/dev/null || true
    child=
}

build_log=
# build_programs CHECKOUT [PROPERTY...] -- PROJECT...: builds projects for release, and shows the compiler's output only if it fails.
build_programs() {
    local checkout=$1 properties=() project
    shift
    while [ "$1" != -- ]; do properties+=("$1"); shift; done
    shift
    build_log=$(mktemp)
    for project in "$@"; do
        # From inside: the checkout's own global.json counts.
        interruptible env -C "$checkout" dotnet build "$project" -c Release "${properties[@]}" -v q --nologo >"$build_log" 2>&1 || {
            cat "$build_log" >&2
            fail "the build of $project failed."
        }
    done
    rm -f "$build_log"
    build_log=
}

# output_folder CHECKOUT PROJECT: where the build has put a program. The build itself is asked.
output_folder() { (cd "$1" && dotnet msbuild "$2" -getProperty:TargetDir -p:Configuration=Release); }
