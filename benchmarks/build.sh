# Sourced by ./bench: builds the programs of other commits, and runs long commands so that a signal ends them. Needs common.sh.

# This many built commits are kept, so that the next comparison with one of them builds nothing.
kept_commits=10

child=
# interruptible COMMAND...: runs a command so that a signal to this script ends both at once. The terminal's signals do not reach the
# command, so end_child ends it.
interruptible() {
    local status=0
    setsid "$@" &
    child=$!
    wait "$child" || status=$?
    child=
    return "$status"
}

# end_child: ends the running command, waits until it has cleaned up, and ends the processes that it has left.
end_child() {
    [ -n "$child" ] || return 0
    kill -TERM "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
    kill -TERM -- "-$child" 2>/dev/null || true
    child=
}

# commit_folder HASH: prints where the programs of a commit are kept. Another SDK compiles other code, so its version is in the name.
commit_folder() { printf '%s/.data/against/%s-%s' "$top" "$1" "$(cd "$top" && dotnet --version)"; }

build_log='' worktree='' built=''
# remove_build: removes the log, worktree and draft of a commit's build, finished or not.
remove_build() {
    [ -z "$build_log" ] || rm -f "$build_log"
    [ -z "$worktree" ] || remove_worktree "$worktree"
    [ -z "$built" ] || rm -rf "$built"
    build_log='' worktree='' built=''
}

remove_worktree() {
    git -C "$top" worktree remove --force "$1" 2>/dev/null || true
    rm -rf "$1"
    git -C "$top" worktree prune
}

# remove_leftovers FOLDER: removes the files of runs that were killed, which have the run's process ID in their names.
remove_leftovers() {
    local left id
    for left in "$1"/.*-[0-9]*; do
        [ -e "$left" ] && ! kill -0 "${left##*-}" 2>/dev/null || continue
        rm -rf "$left"
    done
    while read -r left; do
        id=${left##*/orleanschat-against-}
        kill -0 "${id%%-*}" 2>/dev/null || remove_worktree "$left"
    done < <(git -C "$top" worktree list --porcelain | sed -n 's|^worktree \(.*/orleanschat-against-[0-9]*-[^/]*\)$|\1|p')
}

# build_commit HASH FOLDER: builds a commit's silo and orleanschat-admin into FOLDER/silo and FOLDER/admin, unless they are there.
build_commit() {
    local cache=${2%/*} project
    mkdir -p "$cache"
    remove_leftovers "$cache"
    if [ -d "$2" ]; then
        touch "$2"
        return
    fi
    say "Building $1 in a worktree of its own (this takes minutes; the result is kept) ..."
    # The worktree is outside of this tree, whose build files would apply where the commit has none of its own.
    worktree=$(mktemp -d "${TMPDIR:-/tmp}/orleanschat-against-$$-XXXXXX") built="$cache/.built-$$" build_log=$(mktemp)
    git -C "$top" -c core.hooksPath=/dev/null worktree add --quiet --detach "$worktree" "$1" || fail "git could not check $1 out."
    mkdir "$built"
    for project in silo admin; do
        # Built from inside, so that its own global.json applies. Vulnerabilities found in its packages since do not matter here.
        interruptible env -C "$worktree" dotnet build "$project" -c Release -p:NuGetAudit=false -v q --nologo >"$build_log" 2>&1 || {
            cat "$build_log" >&2
            fail "could not build $project of $1."
        }
        # Ask the build itself for its output folder: other commits use other folders.
        cp -r "$(cd "$worktree" && dotnet msbuild "$project" -getProperty:TargetDir -p:Configuration=Release)" "$built/$project"
    done
    # The move is atomic, and fails if another run has built the same meanwhile: that result is as good.
    mv -T "$built" "$2" 2>/dev/null || true
    remove_build
    ls -1dt "$cache"/*/ | tail -n +$((kept_commits + 1)) | xargs -r -d '\n' rm -rf
}
