# Sourced: runs a PostgreSQL server of our own on a unix socket. PostgreSQL refuses to run as root, so root runs it as
# another user. Needs common.sh.

pg_bin=
pg_user=

# Finds PostgreSQL's server programs, the newest first.
find_postgres() {
    local folder
    for folder in ${PG_BIN:-} $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin 2>/dev/null | sort -rV) \
        "$(pg_config --bindir 2>/dev/null)" "$(dirname "$(command -v postgres 2>/dev/null || echo /)")"; do
        if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then pg_bin=$folder; break; fi
    done
    [ -n "$pg_bin" ] || fail "PostgreSQL's server programs (15 or later) were not found: install them (Debian: apt-get install postgresql), set PG_BIN, or give a server's connection string."
    local version
    version=$("$pg_bin/postgres" --version | grep -oE '[0-9]+' | head -n 1)
    [ "$version" -ge 15 ] || fail "PostgreSQL 15 or later is needed; $pg_bin holds version $version."
    if [ "$(id -u)" = 0 ]; then
        pg_user=$(getent passwd postgres | cut -d: -f1)
        [ -n "$pg_user" ] || fail "PostgreSQL does not run as root, and there is no user 'postgres' to run it as: make one, or start as another user."
    fi
}

as_pg_user() {
    if [ -z "$pg_user" ]; then (cd / && "$@")
    elif command -v setpriv >/dev/null; then (cd / && setpriv --reuid "$pg_user" --regid "$(id -g "$pg_user")" --clear-groups "$@")
    else (cd / && runuser -u "$pg_user" -- "$@"); fi
}

# private_folder FOLDER: makes a folder of the server's user where others may write too (as in /tmp), or takes the one that
# is there if it is the user's own: somebody else may have been faster, with a link or a folder open to all.
private_folder() {
    if mkdir -m 700 "$1" 2>/dev/null; then
        [ -z "$pg_user" ] || chown "$pg_user" "$1"
        return
    fi
    [ -d "$1" ] && [ ! -L "$1" ] && [ "$(stat -c %u "$1")" = "$(id -u $pg_user)" ] && [ "$(stat -c %a "$1")" = 700 ] \
        || fail "$1 is not a private folder of $(id -un $pg_user): remove it."
}

# pg_folder WISH: prints the folder for a server's files: the wish, unless the server's user cannot get there.
pg_folder() {
    local wish=$1
    mkdir -p "$wish"
    [ -z "$pg_user" ] || chown "$pg_user" "$wish"
    if ! as_pg_user test -w "$wish"; then
        rmdir "$wish" 2>/dev/null
        wish=/var/tmp/orleanschat-$(printf %s "$wish" | cksum | cut -d' ' -f1)
        private_folder "$wish"
    fi
    printf %s "$wish"
}

# start_postgres FOLDER: starts the server whose files are in FOLDER, making them first where there are none.
# Sets $pg_socket (the folder of its socket) and $pg_started (whether this call started it).
start_postgres() {
    local folder=$1 log
    pg_started=
    # A socket's path is limited to about 100 bytes, so it does not stand with the files.
    pg_socket=/tmp/orleanschat-pg-$(printf %s "$folder" | cksum | cut -d' ' -f1)
    private_folder "$pg_socket"
    if [ ! -s "$folder/data/PG_VERSION" ]; then
        log=$(as_pg_user "$pg_bin/initdb" -D "$folder/data" -U orleanschat -A trust -E UTF8 --locale=C 2>&1) || fail "initdb failed: $log"
    fi
    if ! as_pg_user "$pg_bin/pg_ctl" status -D "$folder/data" >/dev/null 2>&1; then
        as_pg_user "$pg_bin/pg_ctl" start -w -t 60 -D "$folder/data" -l "$folder/postgres.log" \
            -o "-c listen_addresses='' -c unix_socket_directories='$pg_socket' -c max_wal_size=4GB -c max_connections=200" >/dev/null 2>&1 \
            || fail "PostgreSQL did not start: $(tail -n 5 "$folder/postgres.log" 2>/dev/null)"
        pg_started=1
    fi
}

stop_postgres() {
    as_pg_user "$pg_bin/pg_ctl" stop -m fast -w -D "$1/data" >/dev/null 2>&1 || true
}

# ensure_database NAME: creates it on the started server where it is missing.
ensure_database() {
    local psql=("$pg_bin/psql" -h "$pg_socket" -U orleanschat -d postgres -XtAqc)
    [ "$("${psql[@]}" "select 1 from pg_database where datname = '$1'")" = 1 ] || "${psql[@]}" "create database $1" \
        || fail "the database $1 could not be created."
}

# migrate_database NAME OPTION...: brings its schema up to date as the server's superuser, with roles as the options say. Needs
# build_admin.
migrate_database() {
    local log
    log=$("$admin" migrate --database "Host=$pg_socket;Username=orleanschat;Database=$1" "${@:2}" 2>&1) \
        || fail "the database $1 could not be migrated: $log"
}
