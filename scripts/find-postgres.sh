# Sourced by postgres.sh: finds PostgreSQL's server programs, and installs them if they are missing.

pg_bin=
pg_user=
pg_cluster_settings=/etc/postgresql-common/createcluster.d
readonly pg_oldest=15
readonly pg_newer="apt.postgresql.org has newer ones for Debian and Ubuntu: install postgresql-common, then /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh."

# postgres_folders: prints where PostgreSQL's server programs may be, the newest first. A missing folder must not end the list.
postgres_folders() {
    printf '%s\n' ${PG_BIN:+"$PG_BIN"}
    ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin 2>/dev/null | sort -rV || true
    pg_config --bindir 2>/dev/null || true
    dirname "$(command -v postgres 2>/dev/null || echo /)"
}

# choose_postgres [VERSION]: sets $pg_bin to the first folder with programs of that version, by default of any version that is new
# enough, and $pg_seen to the versions that it looked at.
choose_postgres() {
    local folder version
    pg_bin='' pg_seen=''
    while read -r folder; do
        [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] || continue
        version=$("$folder/postgres" --version | grep -oE '[0-9]+' | head -n 1)
        pg_seen+=" $version"
        if [ "$version" = "${1:-$version}" ] && [ "$version" -ge "$pg_oldest" ]; then pg_bin=$folder; return; fi
    # The list may still be being written when its first folder is good enough.
    done < <(postgres_folders 2>/dev/null)
    return 1
}

# find_postgres [FOLDER]: finds PostgreSQL's server programs: those of the version that wrote the files in FOLDER, or the newest if
# FOLDER has no such files. If there are none and $may_install is 'yes', it installs them. Sets $pg_bin and $pg_user.
find_postgres() {
    local version
    find_pg_user
    version=$(files_version "${1:-}")
    if [ -n "$version" ]; then
        choose_postgres "$version" || fail "the files in $1 are of PostgreSQL $version, whose server programs are not installed."$'\n'"\
       Install postgresql-$version (Debian, Ubuntu, apt.postgresql.org), or choose another folder with --data."
    elif ! choose_postgres; then
        can_install || fail_without_postgres
        install_postgres
        choose_postgres || fail "PostgreSQL's server programs were installed, but cannot be found: name their folder in PG_BIN."
        find_pg_user
    fi
    [ "$(id -u)" != 0 ] || [ -n "$pg_user" ] \
        || fail "PostgreSQL does not run as root, and there is no user 'postgres': create that user, or run this as a user other than root."
}

fail_without_postgres() {
    [ -z "$pg_seen" ] || fail "PostgreSQL $pg_oldest or later is needed, but only these were found:$pg_seen."$'\n'"       $pg_newer"
    fail "PostgreSQL's server programs, $pg_oldest or later, are not installed."$'\n'"\
       As root: apt-get install postgresql (Debian, Ubuntu). Or name their folder in PG_BIN if they are elsewhere."
}

# can_install: succeeds if the server programs may and can be installed here.
can_install() { [ "${may_install:-}" = yes ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && command -v apt-cache >/dev/null; }

# find_pg_user: sets $pg_user to the user as whom root runs PostgreSQL, if that user exists.
find_pg_user() { [ "$(id -u)" != 0 ] || pg_user=$(getent passwd postgres | cut -d: -f1) || true; }

# files_version FOLDER: prints the version of the server whose files are in pg_folder's folder for this wish, if there are any.
files_version() {
    local folder=$1
    [ -n "$folder" ] || return 0
    as_pg_user test -w "$folder" || folder=$(pg_refuge "$folder")
    cat "$folder/data/PG_VERSION" 2>/dev/null || true
}

# install_postgres: installs the newest version of the machine's package sources, without the cluster that the package would create.
install_postgres() {
    local version
    say "PostgreSQL's server programs are missing: installing them with apt-get (--no-install refuses that) ..."
    apt_get update
    version=$(LC_ALL=C apt-cache depends postgresql | grep -oE 'Depends: postgresql-[0-9]+' | head -n 1 | grep -oE '[0-9]+$') \
        || fail "the machine's package sources have no PostgreSQL."$'\n'"       $pg_newer"
    [ "$version" -ge "$pg_oldest" ] \
        || fail "PostgreSQL $pg_oldest or later is needed; this machine's package sources have only $version."$'\n'"       $pg_newer"

    apt_get install -y --no-install-recommends postgresql-common
    # The server's package would create a cluster and start it: this setting prevents that, for this one installation.
    (
        trap 'rm -f "$pg_cluster_settings/orleanschat.conf"; rmdir "$pg_cluster_settings" 2>/dev/null || true' EXIT
        trap 'exit 130' INT TERM
        mkdir -p "$pg_cluster_settings"
        echo 'create_main_cluster = false' >"$pg_cluster_settings/orleanschat.conf"
        apt_get install -y --no-install-recommends "postgresql-$version"
    ) || exit 1
    say "PostgreSQL $version is installed."
}

# apt_get ARGUMENT...: runs apt-get, and prints its output only if it fails.
apt_get() {
    local output
    output=$(DEBIAN_FRONTEND=noninteractive apt-get -q "$@" 2>&1 </dev/null) || fail "apt-get $* failed:"$'\n'"$output"
}
