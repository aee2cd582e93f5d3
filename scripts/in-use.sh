# Sourced: checks that ports and files are free before anything is built. Needs common.sh.

# holders_of LINK: prints the other processes that have this file or socket open, as far as this user may see them.
holders_of() { find /proc/[0-9]*/fd -maxdepth 1 -lname "$1" 2>/dev/null | cut -d/ -f3 | sort -nu | grep -vxE "$$|$BASHPID" || true; }

# listeners_on PORT: prints the sockets that listen on that port of 127.0.0.1 or of all addresses.
listeners_on() {
    awk -v port="$(printf ':%04X' "$((10#$1))")" '$4 == "0A" && ($2 == "0100007F" port || $2 == "00000000" port || $2 == "00000000000000000000000000000000" port ||
        $2 == "0000000000000000FFFF00000100007F" port) { print "socket:[" $10 "]" }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# take FOLDER PORT...: locks the data folder ('' for none) for this script and the processes that it starts, until the last of them
# ends, and checks that the ports are free. Otherwise it fails and names the processes in the way: a service whose ./run was killed
# continues to run.
take() {
    local folder=$1 port socket what who process owner in_use=() listeners=() holders=()
    for port in "${@:2}"; do
        for socket in $(listeners_on "$port"); do
            [[ " ${in_use[*]} " == *" port $port "* ]] || in_use+=("port $port")
            mapfile -t -O "${#listeners[@]}" listeners < <(holders_of "${socket//[/\\[}")
        done
    done
    if [ -n "$folder" ]; then
        mkdir -p "$folder"
        exec 8>>"$folder/lock"
        if flock -n 8; then
            echo $$ >"$folder/lock"
        else
            exec 8>&-
            in_use+=("the files in $folder")
            mapfile -t holders < <(holders_of "$(realpath "$folder/lock")")
        fi
    fi
    [ ${#in_use[@]} -gt 0 ] || return 0

    mapfile -t listeners < <(comm -23 <(printf '%s\n' "${listeners[@]}" | sort -u) <(printf '%s\n' "${holders[@]}" | sort -u))
    # Ending the command that holds the lock suffices: it ends its other processes in order.
    owner=$(cat "$folder/lock" 2>/dev/null) || owner=
    [[ " ${holders[*]} " != *" $owner "* ]] || holders=("$owner")
    mapfile -t holders < <(printf '%s\n' "${holders[@]}" "${listeners[@]}" | grep . | sort -nu)
    what=$(printf ' and %s' "${in_use[@]}")
    [ ${#holders[@]} -gt 0 ] || fail "in use by another user of this machine: ${what# and }."
    who=$(for process in "${holders[@]}"; do printf ', process %s (%s)' "$process" "$(name_of "$process")"; done)
    fail "in use already: ${what# and }, by ${who#, }."$'\n'"       To end what is in the way: kill ${holders[*]}"
}

# name_of PROCESS: prints its program, or its script if the program is bash.
name_of() {
    local words=()
    mapfile -d '' -t words 2>/dev/null <"/proc/$1/cmdline" || true
    [[ "${words[*]:0:2}" != *bash\ [^-]* ]] || words=("${words[1]}")
    basename "${words[0]:-gone}"
}
