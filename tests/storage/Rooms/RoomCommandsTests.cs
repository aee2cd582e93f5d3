using Npgsql;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>The command <c>rooms</c>, as the admin program is run, and what other commands know of rooms.</summary>
public sealed class RoomCommandsTests(AccountCommandsTests.World world) : IClassFixture<AccountCommandsTests.World>
{
    private readonly string _user = "u" + Guid.NewGuid().ToString("N")[..8];
    private readonly string _room = "r" + Guid.NewGuid().ToString("N")[..8];

    [Fact]
    public async Task A_room_is_made_filled_shown_and_deleted()
    {
        await AddUsersAsync(_user, $"{_user}.b");
        Assert.Equal(
            (0, $"Made the public room #{_room} (The World), owned by {_user}."),
            await RunAsync("create", $"#{_room}", "The World", _user, "--public"));
        Assert.Equal((0, $"{_user}.b is in #{_room}."), await RunAsync("add", _room, $"{_user}.b", "--role", "reader"));
        Assert.Equal((0, $"{_user}.b is moderator of #{_room}."), await RunAsync("role", _room, $"{_user}.b", "moderator"));
        Assert.Equal((0, $"#{_room} has the title Everybody."), await RunAsync("title", _room, "Everybody"));
        Assert.Contains(
            $"#{_room}  public  2 members  owned by {_user}  Everybody", (await RunAsync("list")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("remove", _room, _user)).Code);
        Assert.Contains($"#{_room}  public  1 member  owned by {_user}.b  ", (await RunAsync("list")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("delete", _room, "--yes")).Code);
        Assert.DoesNotContain(_room, (await RunAsync("list")).Output, StringComparison.Ordinal);
        Assert.Equal(1, await Sql.CountAsync("SELECT count(*) FROM room_change WHERE name = $1", _room));
    }

    [Fact]
    public async Task Who_may_join_and_what_new_members_see_are_set_as_by_owners_each_with_an_entry()
    {
        await AddUsersAsync(_user);
        await RunAsync("create", _room, "Room", _user);
        Assert.Equal((0, $"New members of #{_room} see what was said before they came."), await RunAsync("history", _room, "all"));
        Assert.Equal(
            (0, $"#{_room} is public: everybody sees it and may join."), await RunAsync("kind", $"#{_room}", "public"));
        // Nothing to change is no error, and no entry.
        Assert.Equal(0, (await RunAsync("kind", _room, "public")).Code);
        Assert.Equal(1, await Sql.CountAsync(
            "SELECT count(*) FROM room WHERE name = $1 AND is_public AND shows_all AND shown_after = 2", _room));
        Assert.Equal((0, $"New members of #{_room} see what is said from then on."), await RunAsync("history", _room, "joined"));
        Assert.Equal((0, $"#{_room} is private: only its members see it."), await RunAsync("kind", _room, "private"));
        Assert.Equal(4, await Sql.CountAsync(
            "SELECT count(*) FROM message m JOIN room r ON r.log_id = m.log_id WHERE r.name = $1 AND m.kind = 5", _room));
        Assert.Equal(
            (1, $"orleanschat-admin: There is no room #{_room}.b."), await RunAsync("kind", $"{_room}.b", "public"));
        Assert.Equal(2, (await RunAsync("kind", _room, "open")).Code);
        Assert.Equal(2, (await RunAsync("history", _room)).Code);
    }

    [Fact]
    public async Task What_cannot_be_done_is_said()
    {
        await AddUsersAsync(_user);
        await RunAsync("create", _room, "Room", _user);
        const string NotAName = "is not a valid name for a room: use 1 to 64 of a-z 0-9 . _ - that begin with a letter or digit.";
        foreach (var (arguments, expected) in new (string[], string)[]
        {
            (["create", "..", "Room", _user], $"'..' {NotAName}"),
            (["create", "#", "Room", _user], $"'#' {NotAName}"),
            (["create", _room, "Room", _user],
                $"The room #{_room} already exists, or was deleted a moment ago: its name is free after 12 minutes."),
            (["create", $"{_room}.b", "Room", "nobody"], "There is no user nobody."),
            (["add", $"{_room}.b", _user], $"There is no room #{_room}.b."),
            (["add", _room, "nobody"], "There is no user nobody."),
            (["add", _room, _user, "--role", "banned"], "Nobody can be added as banned: use rooms role."),
            (["role", _room, _user, "member"], $"{_user} is the last owner of #{_room}, and nobody could follow: add a member first."),
            (["delete", $"{_room}.b"], $"There is no room #{_room}.b."),
        })
            Assert.Equal((1, $"orleanschat-admin: {expected}"), await RunAsync(arguments));
        var (code, output) = await RunAsync("role", _room, _user, "king");
        Assert.Equal(2, code);
        Assert.Contains("'king' is not a valid role: give owner, moderator, member, reader, banned.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_has_the_rooms_of_a_user_and_what_the_user_did_there_and_nothing_of_others()
    {
        await AddUsersAsync(_user, $"{_user}.b");
        await RunAsync("create", _room, "Room", _user);
        await RunAsync("add", _room, $"{_user}.b");
        await Sql.ExecuteAsync(
            "test",
            """
            INSERT INTO message (log_id, number, message_id, sender_id, body)
            SELECT r.log_id, CASE a.user_name WHEN $2 THEN 3 ELSE 4 END, gen_random_uuid(), a.account_id,
                   convert_to('by ' || a.user_name, 'UTF8')
            FROM room r, account a WHERE r.name = $1 AND a.user_name IN ($2, $2 || '.b')
            """,
            [_room, _user]);
        using var file = new MemoryStream();

        await new AccountExport(Sql).WriteAsync($"{_user}.b", file);

        using var zip = new System.IO.Compression.ZipArchive(file);
        var rooms = await ReadAsync("rooms.jsonl");
        Assert.Contains($"\"room\":\"{_room}\",\"title\":\"Room\"", rooms, StringComparison.Ordinal);
        Assert.Contains("\"role\":\"member\",\"joined\":2", rooms, StringComparison.Ordinal);
        var lines = (await ReadAsync("room-messages.jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains($"\"kind\":\"joined\",\"user\":\"{_user}.b\"", lines[0], StringComparison.Ordinal);
        Assert.Contains($"\"kind\":\"message\",\"from\":\"{_user}.b\"", lines[1], StringComparison.Ordinal);
        Assert.Contains($"\"text\":\"by {_user}.b\"", lines[1], StringComparison.Ordinal);

        async Task<string> ReadAsync(string name)
        {
            using var reader = new StreamReader(zip.GetEntry(name)!.Open());
            return await reader.ReadToEndAsync();
        }
    }

    private async Task AddUsersAsync(params string[] names)
    {
        foreach (var name in names) await world.Accounts.AddAsync(name, "N", "surabaya");
    }

    private NpgsqlDataSource Sql => world.Sql;

    private Task<(int Code, string Output)> RunAsync(params string[] arguments) =>
        AdminProgram.RunAsync(world.Environment, [], ["rooms", .. arguments]);
}
