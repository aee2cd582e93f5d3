namespace OrleansChat.Deployment.Tests.Scripts;

/// <summary>Which PostgreSQL the commands run, and how they come by one.</summary>
public sealed class FindPostgresTests : IDisposable
{
    private const string Installing =
        "PostgreSQL's server programs are missing: installing them with apt-get (--no-install refuses that) ...\n";

    private readonly ScriptCheckout _checkout = new();

    public FindPostgresTests()
    {
        AsUser("0");
        _checkout.Replace("getent", "echo postgres:x:100:100::/:/bin/sh");
        _checkout.Replace(
            "setpriv", "while [ \"${1#--}\" != \"$1\" ]; do case $1 in --clear-groups) shift ;; *) shift 2 ;; esac; done; exec \"$@\"");
        OfferAptGet(newest: 17);
    }

    public void Dispose() => _checkout.Dispose();

    [Fact]
    public async Task The_newest_is_taken()
    {
        Install(15, 17, 16);
        Assert.Equal((0, "17\n", ""), await FindAsync());
    }

    [Fact]
    public async Task Files_are_run_by_the_programs_that_wrote_them()
    {
        Install(15, 16, 17);
        _checkout.Write("files/data/PG_VERSION", "16\n");
        Assert.Equal((0, "16\n", ""), await FindAsync("$CHECKOUT/files"));
    }

    [Fact]
    public async Task Files_whose_programs_are_missing_say_which_package_has_them_in_two_lines()
    {
        Install(17);
        _checkout.Write("files/data/PG_VERSION", "16\n");
        var (status, output, errors) = await FindAsync("$CHECKOUT/files");
        Assert.Equal((1, ""), (status, output));
        Assert.Equal(
            $"error: the files in {_checkout.PathOf("files")} are of PostgreSQL 16, whose server programs are not installed.\n"
            + "       Install postgresql-16 (Debian, Ubuntu, apt.postgresql.org), or choose another folder with --data.\n", errors);
        Assert.Equal("", _checkout.Read("calls"));
    }

    [Fact]
    public async Task Root_on_Debian_installs_the_server_without_a_cluster_of_the_systems()
    {
        Assert.Equal((0, "17\n", Installing + "PostgreSQL 17 is installed.\n"), await FindAsync());
        Assert.Equal(
            """
            update
            install -y --no-install-recommends postgresql-common
            install -y --no-install-recommends postgresql-17
            create_main_cluster = false

            """, _checkout.Read("calls"));
        Assert.False(Path.Exists(_checkout.PathOf("createcluster.d")));
    }

    [Fact]
    public async Task Where_the_server_is_too_old_a_newer_one_is_installed()
    {
        Install(14);
        Assert.Equal((0, "17\n", Installing + "PostgreSQL 17 is installed.\n"), await FindAsync());
    }

    [Fact]
    public async Task Too_old_package_sources_say_where_newer_ones_come_from_and_nothing_is_installed()
    {
        OfferAptGet(newest: 13);
        var (status, _, errors) = await FindAsync();
        Assert.Equal(1, status);
        Assert.StartsWith(
            Installing + "error: PostgreSQL 15 or later is needed; this machine's package sources have only 13.\n       apt.postgresql.org",
            errors, StringComparison.Ordinal);
        Assert.Equal("update\n", _checkout.Read("calls"));
    }

    [Fact]
    public async Task An_installation_that_fails_says_why_and_leaves_no_setting()
    {
        _checkout.Replace("apt-get", "case \"$*\" in *postgresql-17) echo 'E: Unable to fetch' >&2; exit 100 ;; esac");
        var (status, _, errors) = await FindAsync();
        Assert.Equal(1, status);
        Assert.Equal(Installing + "error: apt-get install -y --no-install-recommends postgresql-17 failed:\nE: Unable to fetch\n", errors);
        Assert.False(Path.Exists(_checkout.PathOf("createcluster.d")));
    }

    [Theory]
    [InlineData("no", "0", "apt-get")]
    [InlineData("yes", "1000", "apt-get")]
    [InlineData("yes", "0", "nothing")]
    public async Task Refused_or_without_root_or_elsewhere_two_lines_say_what_to_do(string mayInstall, string user, string installer)
    {
        AsUser(user);
        var (status, output, errors) = await FindAsync(
            mayInstall: mayInstall, before: installer == "apt-get" ? "" : "command() { [ \"$2\" != apt-get ]; };");
        Assert.Equal((1, ""), (status, output));
        Assert.Equal(2, errors.Count(c => c == '\n'));
        Assert.StartsWith(
            "error: PostgreSQL's server programs, 15 or later, are not installed.\n       As root: apt-get install postgresql",
            errors, StringComparison.Ordinal);
        Assert.Equal("", _checkout.Read("calls"));
    }

    [Fact]
    public async Task Without_root_a_server_that_is_too_old_is_named_with_where_newer_ones_come_from()
    {
        AsUser("1000");
        Install(13, 14);
        var (status, _, errors) = await FindAsync();
        Assert.Equal(1, status);
        Assert.StartsWith(
            "error: PostgreSQL 15 or later is needed, but only these were found: 14 13.\n       apt.postgresql.org",
            errors, StringComparison.Ordinal);
        Assert.Equal(2, errors.Count(c => c == '\n'));
    }

    private void AsUser(string id) => _checkout.Replace("id", $"echo {id}");

    private void Install(params int[] versions)
    {
        foreach (var version in versions) _checkout.Replace($"../pg/{version}/initdb", "");
        foreach (var version in versions)
            _checkout.Replace($"../pg/{version}/postgres", $"echo 'postgres (PostgreSQL) {version}.1 (Debian)'");
    }

    /// <summary>
    /// Stands for a machine's package manager, and writes down what it is asked and what the server's package would read.
    /// </summary>
    private void OfferAptGet(int newest)
    {
        _checkout.Replace("apt-cache", $"printf 'postgresql\\n  Depends: postgresql-{newest}\\n  Suggests: postgresql-doc\\n'");
        _checkout.Replace("apt-get", $$"""
            [ "$DEBIAN_FRONTEND $1" = 'noninteractive -q' ] || exit 1
            shift
            echo "$*" >>"$CHECKOUT/calls"
            case "$*" in *postgresql-[0-9]*)
                cat "$CHECKOUT"/createcluster.d/* >>"$CHECKOUT/calls"
                mkdir -p "$CHECKOUT/pg/{{newest}}"
                printf '#!/bin/sh\necho postgres {{newest}}.0\n' | tee "$CHECKOUT/pg/{{newest}}/initdb" >"$CHECKOUT/pg/{{newest}}/postgres"
                chmod 755 "$CHECKOUT/pg/{{newest}}"/*
            esac
            """);
    }

    private async Task<(int Status, string Output, string Errors)> FindAsync(
        string files = "", string mayInstall = "yes", string before = "")
    {
        var ended = await _checkout.RunAsync($$"""
            set -euo pipefail
            source scripts/common.sh
            source scripts/postgres.sh
            pg_cluster_settings=$CHECKOUT/createcluster.d
            postgres_folders() { ls -d "$CHECKOUT"/pg/* 2>/dev/null | sort -rV; }
            {{before}}
            may_install={{mayInstall}}
            find_postgres "{{files}}"
            basename "$pg_bin"
            """);
        return (ended.Status, ended.Output, ended.Errors);
    }
}
