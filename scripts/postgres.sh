# Sourced: runs a PostgreSQL server of our own on a Unix socket. PostgreSQL refuses to run as root, so root runs it as another
# user. Needs common.sh.

source "$top/scripts/find-postgres.sh"

as_pg_user() {
    if [ -z "$pg_user" ]; then (cd / && "$@")
    elif command -v setpriv >/dev/null; then (cd / && setpriv --reuid "$pg_user" --regid "$(id -g "$pg_user")" --clear-groups "$@")
    else (cd / && runuser -u "$pg_user" -- "$@"); fi
}

# private_folder FOLDER: makes a folder that only the server's user may enter, in a place where others may write too, such as /tmp.
# An existing folder must be the user's own and private: someone else may have put a link or an open folder there first.
private_folder() {
    if mkdir -m 700 "$1" 2>/dev/null; then
        [ -z "$pg_user" ] || chown "$pg_user" "$1"
        return
    fi
    [ -d "$1" ] && [ ! -L "$1" ] && [ "$(stat -c %u "$1")" = "$(id -u ${pg_user:+"$pg_user"})" ] && [ "$(stat -c %a "$1")" = 700 ] \
        || fail "$1 is not a private folder of $(id -un ${pg_user:+"$pg_user"}): remove it."
}

# pg_folder WISH: prints the folder for a server's files: the wish, unless the server's user cannot write there.
pg_folder() {
    local wish=$1
    mkdir -p "$wish"
    [ -z "$pg_user" ] || chown "$pg_user" "$wish"
    if ! as_pg_user test -w "$wish"; then
        rmdir "$wish" 2>/dev/null
        wish=$(pg_refuge "$wish")
        private_folder "$wish"
    fi
    printf %s "$wish"
}

# pg_refuge WISH: prints the folder to use instead of one where the server's user cannot write.
pg_refuge() { printf /var/tmp/orleanschat-%s "$(printf %s "$1" | cksum | cut -d' ' -f1)"; }

# start_postgres FOLDER: starts the server with its files in FOLDER, and creates them first if there are none. The folder belongs to
# this script: if a server already runs there, an earlier script was killed and left it. Sets $pg_socket (the folder of its socket),
# and $pg_started as soon as the server may run.
start_postgres() {
    local folder=$1 log
    pg_started=
    # A socket's path is limited to about 100 bytes, so the socket is not kept with the files.
    pg_socket=/tmp/orleanschat-pg-$(printf %s "$folder" | cksum | cut -d' ' -f1)
    private_folder "$pg_socket"
    if [ ! -s "$folder/data/PG_VERSION" ]; then
        log=$(as_pg_user "$pg_bin/initdb" -D "$folder/data" -U orleanschat -A trust -E UTF8 --locale=C 2>&1) || fail "initdb failed: $log"
    fi
    # Set this before the server runs: a signal during the start must stop the server too.
    pg_started=1
    as_pg_user "$pg_bin/pg_ctl" status -D "$folder/data" >/dev/null 2>&1 || launch_postgres "$folder" \
        || fail "PostgreSQL did not start: $(tail -n 5 "$folder/postgres.log" 2>/dev/null)"
}

launch_postgres() {
    as_pg_user "$pg_bin/pg_ctl" start -w -t 60 -D "$1/data" -l "$1/postgres.log" \
        -o "-c listen_addresses='' -c unix_socket_directories='$pg_socket' -c max_wal_size=4GB -c max_connections=200" >/dev/null 2>&1 8>&- 9>&-
}

# last_complaint FOLDER: prints the reason from its log why the server ended or did not start.
last_complaint() { grep -E ' (FATAL|PANIC): ' "$1/postgres.log" 2>/dev/null | tail -n 1 || true; }

# keep_postgres FOLDER: restarts the server of start_postgres if it has ended, and keeps its log small. Call it repeatedly. Fails
# once it has restarted the server five times within five minutes.
pg_restarts=()
keep_postgres() {
    local process
    # Run as the server's own user: root would follow any link that this user puts there.
    bound_log "$1/postgres.log" as_pg_user
    process=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null) && kill -0 "$process" 2>/dev/null && return
    if [ ${#pg_restarts[@]} -ge 5 ] && [ $((SECONDS - pg_restarts[${#pg_restarts[@]} - 5])) -lt 300 ]; then
        say "error: PostgreSQL ended again, after five starts in five minutes: $(last_complaint "$1")"
        return 1
    fi
    pg_restarts+=("$SECONDS")
    say "PostgreSQL ended; starting it again ($1/postgres.log says why) ..."
    if launch_postgres "$1"; then say "PostgreSQL runs again."
    else say "PostgreSQL did not start: $(last_complaint "$1")"; fi
}

stop_postgres() {
    as_pg_user "$pg_bin/pg_ctl" stop -m fast -w -D "$1/data" >/dev/null 2>&1 || true
}

psql_postgres() { PGOPTIONS="-c client_min_messages=warning" "$pg_bin/psql" -h "$pg_socket" -U orleanschat -d postgres -XtAqc "$1"; }

has_database() { [ "$(psql_postgres "select 1 from pg_database where datname = '$1'")" = 1 ]; }

# ensure_database NAME: creates the database on the started server if it is missing.
ensure_database() { has_database "$1" || psql_postgres "create database $1" || fail "the database $1 could not be created."; }

# restore_database NAME FILE: creates the database from a dump in pg_dump's custom format, whole or not at all. Never replaces one.
restore_database() {
    ! has_database "$1" || fail "this folder already holds messages: choose another folder with --data."
    say "Restoring $2 ..."
    psql_postgres "drop database if exists $1_restored" && psql_postgres "create database $1_restored" \
        && "$pg_bin/pg_restore" -h "$pg_socket" -U orleanschat -d "$1_restored" --no-owner --no-privileges --exit-on-error --single-transaction "$2" \
        && psql_postgres "alter database $1_restored rename to $1" || fail "$2 could not be restored."
}

# keep_dump NAME FOLDER: if the started database has an older schema than the migrations of this checkout, keeps a dump of it in FOLDER,
# and sets $migrated_from to the version of that schema.
keep_dump() {
    local migrations newest file errors
    migrated_from=$("$pg_bin/psql" -h "$pg_socket" -U orleanschat -d "$1" -XtAqc "select max(version) from schema_version" 2>/dev/null) || true
    [ -n "$migrated_from" ] || return 0
    migrations=("$top"/storage/Schema/Migrations/[0-9]*.sql)
    newest=${migrations[-1]##*/} newest=$((10#${newest%%_*}))
    if [ "$migrated_from" -ge "$newest" ]; then migrated_from=; return; fi
    file=$2/schema-$migrated_from-$(date -u +%Y%m%dT%H%M%SZ).dump
    say "The database is migrated from schema version $migrated_from to $newest. Before that, a dump of it is written: $file"
    errors=$({ umask 077 && mkdir -p "$2" && rm -f "$2"/*.part \
        && "$pg_bin/pg_dump" -h "$pg_socket" -U orleanschat -Fc --exclude-table-data 'orleansmembership*' -f "$file.part" "$1" \
        && mv "$file.part" "$file"; } 2>&1) || fail "nothing was migrated, because the dump could not be written: $errors"$'\n'"\
       Make room there, or delete older dumps, and start this again."
}

# migrate_database NAME OPTION...: migrates the schema as the server's superuser, and sets roles up as the options say. Needs
# build_admin.
migrate_database() {
    local log
    log=$("$admin" migrate --database "Host=$pg_socket;Username=orleanschat;Database=$1" "${@:2}" 2>&1) \
        || fail "the database $1 could not be migrated: $log"
}
