using System.Text;
using System.Text.Json;
using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Schema;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests;

/// <summary>The account commands of the admin program, as they are run.</summary>
public sealed class AccountCommandsTests(AccountCommandsTests.World world) : IClassFixture<AccountCommandsTests.World>
{
    private readonly string _name = "u" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task Each_command_says_what_it_did()
    {
        Assert.Equal((0, $"Added {_name} (Cristiano)."), await RunAsync("surabaya\n", "add", _name, "Cristiano"));
        Assert.Equal((0, $"{_name} has the display name CR7."), await RunAsync("", "rename", _name, "CR7"));
        Assert.Equal(
            (0, $"Disabled {_name}; all sessions have ended, the messages are kept."), await RunAsync("", "disable", _name));
        Assert.Equal((0, $"Enabled {_name}."), await RunAsync("", "enable", _name));
        Assert.Equal((0, $"Set a new password for {_name}; all sessions have ended."),
            await RunAsync("pekanbaru\n", "set-password", _name));
        Assert.True(new Passwords().Verify((await StateAsync(_name))!.PasswordHash, "pekanbaru").IsRight);
        // Nobody is at a terminal to be asked.
        var (code, removed) = await RunAsync("", "remove", _name);
        Assert.Equal(0, code);
        Assert.StartsWith($"Removed {_name}; what {_name} wrote stays with its recipients.", removed, StringComparison.Ordinal);
        Assert.Equal((1, $"orleanschat-admin: There is no user {_name}."), await RunAsync("", "remove", _name, "--yes"));
        var (_, taken) = await RunAsync("surabaya\n", "add", _name, "Another");
        Assert.Contains($"after \"erase {_name}\" it can be given again", taken, StringComparison.Ordinal);
        var (_, erased) = await RunAsync("", "erase", _name);
        Assert.Matches($"^Erased {_name}: what {_name} wrote is now from removed-[0-9]+\\. ", erased);
        Assert.Equal(1, (await RunAsync("surabaya\n", "add", _name, "Another")).Code);
    }

    [Theory]
    [InlineData(new string[0], "")]
    [InlineData(new[] { "--origin", "https://chat.example.org/" }, "https://chat.example.org/#reset/")]
    public async Task A_code_for_a_lost_password_is_shown_with_a_link_where_an_origin_is_known(string[] options, string link)
    {
        Assert.Equal(0, (await RunAsync("surabaya\n", "add", _name, "Cristiano")).Code);

        var (code, output) = await RunAsync("", ["reset-code", _name, .. options]);

        Assert.Equal(0, code);
        var lines = output.Split(Environment.NewLine);
        Assert.Matches($"^With this code {_name} sets a new password, once, until 20[0-9-]+ [0-9:]+ UTC:$", lines[0]);
        Assert.Matches("^[a-z2-7]{26}$", lines[1]);
        Assert.Equal(link.Length == 0 ? [] : [$"{link}{_name}/{lines[1]}"], lines[2..]);
        Assert.Equal((1, "orleanschat-admin: There is no user nobody."), await RunAsync("", "reset-code", "nobody"));
    }

    [Theory]
    [InlineData("surabay\n", "shorter than 8 characters")]
    [InlineData("a\u0308a\u0308a\u0308a\u0308\n", "shorter than 8 characters")]
    [InlineData("p\ufffdssword1\n", "U+FFFD")]
    [InlineData("passwor\ufeffd1\n", "byte order mark")]
    public async Task A_new_password_is_refused_that_is_short_or_was_text_once(string password, string reason)
    {
        var (code, output) = await RunAsync(password, "add", _name, "M");
        Assert.Equal(1, code);
        Assert.Contains(reason, output, StringComparison.Ordinal);
        Assert.DoesNotContain(password.Trim(), output, StringComparison.Ordinal);
        Assert.Null(await StateAsync(_name));
    }

    [Theory]
    [InlineData("4", 0)]
    [InlineData("5", 1)]
    [InlineData("0", 2)]
    [InlineData("many", 2)]
    public async Task How_long_a_new_password_is_can_be_set(string least, int exitCode)
    {
        var (code, output) = await AdminProgram.RunAsync(
            new() { ["Chat__Database"] = world.Database, ["Chat__MinPasswordLength"] = least }, "four\n"u8.ToArray(), "add", _name, "M");
        Assert.Equal((exitCode, exitCode != 2), (code, !output.Contains("Chat__MinPasswordLength must be", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_password_that_is_not_UTF_8_is_refused_and_a_mark_before_one_is_skipped()
    {
        var windows = await AdminProgram.RunAsync(world.Environment, [.. "p"u8, 0xE4, .. "ssword1\n"u8], "add", _name, "M");
        Assert.Equal((1, "orleanschat-admin: Standard input: line 1 is not UTF-8."), windows);

        Assert.Equal(0, (await RunAsync("\ufeffp\u00e4ssword1\r\n", "add", _name, "M")).Code);
        Assert.True(new Passwords().Verify((await StateAsync(_name))!.PasswordHash, "p\u00e4ssword1").IsRight);
    }

    [Fact]
    public async Task The_locale_may_say_that_a_password_is_in_another_encoding()
    {
        var environment = new Dictionary<string, string>(world.Environment) { ["LC_ALL"] = "de_DE.ISO-8859-1" };
        Assert.Equal(0, (await AdminProgram.RunAsync(environment, [.. "p"u8, 0xE4, .. "ssword1\n"u8], "add", _name, "M")).Code);
        Assert.True(new Passwords().Verify((await StateAsync(_name))!.PasswordHash, "p\u00e4ssword1").IsRight);
    }

    [Theory]
    [InlineData("add", "u", "-h")]
    [InlineData("add", "u", "-?")]
    [InlineData("-h", "add", "u", "M")]
    [InlineData("remove", "u", "--help")]
    [InlineData("import", "/dev/null", "/?")]
    [InlineData("list", "--json=no")]
    [InlineData("[suggest]", "list")]
    public async Task A_call_for_help_beside_other_words_is_not_a_success(params string[] arguments) =>
        Assert.Equal(2, (await RunAsync("surabaya\n", arguments)).Code);

    [Theory]
    [InlineData("@name")]
    [InlineData("-Ronaldo-")]
    [InlineData("--json")]
    public async Task A_name_is_taken_as_it_is(string name)
    {
        Assert.Equal(0, (await RunAsync("surabaya\n", "add", _name, name)).Code);
        Assert.Equal(name, (await StateAsync(_name))!.DisplayName);
    }

    [Fact]
    public async Task After_two_hyphens_every_word_is_a_name()
    {
        Assert.Equal(0, (await RunAsync("surabaya\n", "add", "--", _name, "-h")).Code);
        Assert.Equal("-h", (await StateAsync(_name))!.DisplayName);
    }

    [Fact]
    public async Task The_list_shows_every_name_whole_and_no_controls()
    {
        var name = $"{new string('N', 100)}漢字 [red]";
        Assert.Equal(0, (await RunAsync("surabaya\n", "add", _name, name)).Code);
        await world.Accounts.AddAsync($"{_name}.2", "a\u00adb", "surabaya");

        var (_, output) = await RunAsync("", "list");

        Assert.Contains($" {_name} ", output, StringComparison.Ordinal);
        Assert.Contains(name, output, StringComparison.Ordinal);
        Assert.Contains("a\\u00adb", output, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output)> RunAsync(string input, params string[] arguments) =>
        AdminProgram.RunAsync(world.Environment, Encoding.UTF8.GetBytes(input), arguments);

    private Task<UserState?> StateAsync(string user) => world.StateAsync(user);

    /// <summary>A database of its own, migrated.</summary>
    public sealed class World : IAsyncLifetime
    {
        private NpgsqlDataSource? _source;

        public string Database { get; private set; } = "";

        public Dictionary<string, string> Environment => new() { ["Chat__Database"] = Database, ["LC_ALL"] = "C.UTF-8" };

        public NpgsqlDataSource Sql => _source!;

        public AccountStore Accounts => new(_source!, new Passwords(iterations: 1000));

        public async Task InitializeAsync()
        {
            Database = await PostgresFixture.CreateEmptyDatabaseAsync();
            _source = NpgsqlDataSource.Create(Database);
            await Migrator.MigrateAsync(_source, CancellationToken.None);
        }

        public async Task DisposeAsync() => await _source!.DisposeAsync();

        /// <summary>What is stored of a user; null where there is none.</summary>
        public async Task<UserState?> StateAsync(string user)
        {
            var stored = await new GrainStateTable(_source!).ReadAsync(GrainKeys.UserStateName, GrainKeys.ForUser(user), default);
            return stored is null ? null : JsonSerializer.Deserialize<UserState>(stored.Payload);
        }
    }
}
