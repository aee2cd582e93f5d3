# Sourced by ./bench: builds programs of this checkout, and of other commits. Needs common.sh.

# How many built commits are kept, so that the next comparison with one of them builds nothing.
kept_commits=10

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

# output_folder CHECKOUT PROJECT: where the build has put a program. The build itself is asked: other commits have other places.
output_folder() { (cd "$1" && dotnet msbuild "$2" -getProperty:TargetDir -p:Configuration=Release); }

# copy_programs CHECKOUT FOLDER PROJECT...: copies built programs to FOLDER/PROJECT.
copy_programs() {
    local project
    mkdir -p "$2"
    for project in "${@:3}"; do cp -r "$(output_folder "$1" "$project")" "$2/$project"; done
}

worktree=
remove_worktree() {
    [ -n "$worktree" ] || return 0
    git -C "$top" worktree remove --force "$worktree" 2>/dev/null || true
    rm -rf "$worktree"
    git -C "$top" worktree prune
    worktree=
}

# remove_leftovers FOLDER: removes what runs left that were killed, by the process id in its name.
remove_leftovers() {
    local left id
    for left in "$1"/.*-[0-9]*; do
        [ -e "$left" ] && ! kill -0 "${left##*-}" 2>/dev/null || continue
        rm -rf "$left"
    done
    for left in $(git -C "$top" worktree list --porcelain | sed -n 's|^worktree \(.*/orleanschat-against-[0-9]*-[^/ ]*\)$|\1|p'); do
        id=${left##*/orleanschat-against-}
        kill -0 "${id%%-*}" 2>/dev/null || worktree=$left remove_worktree
    done
}

# commit_folder HASH: where the programs of a commit are kept. Another SDK compiles other code, so it is part of the name.
commit_folder() { printf '%s/.data/against/%s-%s' "$top" "$1" "$(cd "$top" && dotnet --version)"; }

# build_commit HASH FOLDER: has the programs of a commit ready in its folder.
build_commit() {
    local cache=${2%/*} built
    mkdir -p "$cache"
    remove_leftovers "$cache"
    if [ -d "$2" ]; then
        touch "$2"
        return
    fi
    say "Building $1 in a worktree of its own (a minute or two; kept for the next time) ..."
    # Outside of this tree, whose build files would have a say where the commit has none of its own.
    worktree=$(mktemp -d "${TMPDIR:-/tmp}/orleanschat-against-$$-XXXXXX") built="$cache/.built-$$"
    git -C "$top" -c core.hooksPath=/dev/null worktree add --quiet --detach "$worktree" "$1" || fail "git could not check $1 out."
    # What has become known of an old commit's packages since is no reason not to measure it.
    build_programs "$worktree" -p:NuGetAudit=false -- silo admin
    copy_programs "$worktree" "$built" silo admin
    # Whole or not at all; whoever else built the same was as good.
    mv -T "$built" "$2" 2>/dev/null || rm -rf "$built"
    remove_worktree
    ls -1dt "$cache"/*/ | tail -n +$((kept_commits + 1)) | xargs -r -d '\n' rm -rf
}
