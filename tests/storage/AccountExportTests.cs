using System.IO.Compression;
using System.Text;
using System.Text.Json;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Postgres;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests;

/// <summary>What an export of a user holds.</summary>
public sealed class AccountExportTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    private readonly AccountExport _export = new(world.Database.DataSource);

    [Fact]
    public async Task It_holds_all_of_a_user_and_no_secret()
    {
        var (me, peer, third) = (await world.AddUserAsync("me"), await world.AddUserAsync("peer"), await world.AddUserAsync("third"));
        var (mine, theirs) = (await world.LogInAsync("me", me), await world.LogInAsync("peer", peer));
        var other = await world.LogInAsync("third", third);
        await world.Sql.ExecuteAsync(
            "test",
            """
            INSERT INTO message (log_id, number, message_id, sender, sender_name, body)
            VALUES ($1, 1, gen_random_uuid(), 'old', 'O', 'before')
            """,
            [me]);
        await world.Mailbox.AdmitAsync(peer, mine);
        await world.Mailbox.AppendAsync(Group(me, 2, theirs, Message(" to \u0000 me \u00e9 \"<&>\"\r\n"), Message("taken back")));
        await world.Mailbox.AppendAsync(Group(me, 4, theirs, Message("") with { Target = 3 }));
        await world.Mailbox.AppendAsync(Group(me, 5, mine, Message("to myself")));
        await world.Mailbox.AppendAsync(Group(peer, 1, mine, Message("to peer", "once")));
        await world.Mailbox.AppendAsync(Group(peer, 2, other, Message("of others")));

        var files = await ExportAsync("me");

        Assert.Equal(
            [
                "profile.jsonl", "sessions.jsonl", "invitations.jsonl", "peers.jsonl", "conversations.jsonl", "rooms.jsonl",
                "room-messages.jsonl", "receipts.jsonl",
            ],
            files.Keys);
        var profile = Assert.Single(files["profile.jsonl"]);
        Assert.Equal(("me", "ME", me), (Text(profile, "user"), Text(profile, "name"), profile.GetProperty("log").GetInt64()));
        Assert.True(Assert.Single(files["sessions.jsonl"]).GetProperty("open").GetBoolean());
        Assert.Equal(["peer"], files["peers.jsonl"].Select(row => Text(row, "user")));
        Assert.Equal(
            [
                $"{me} 1 message old me before",
                $"{me} 2 message peer me  to \0 me \u00e9 \"<&>\"\r\n",
                $"{me} 3 message peer me ",
                $"{me} 4 deleted peer me ",
                $"{me} 5 message me me to myself",
                $"{peer} 1 message me peer to peer",
            ],
            files["conversations.jsonl"].Select(row => string.Join(
                ' ', new[] { "log", "number", "kind", "from", "to", "text" }.Select(name => Text(row, name)))));
        Assert.Equal(4, files["conversations.jsonl"][2].GetProperty("deletedBy").GetInt64());
        Assert.Equal(3, files["conversations.jsonl"][3].GetProperty("target").GetInt64());
        Assert.False(files["conversations.jsonl"][1].TryGetProperty("deletedBy", out _));
        Assert.All(files["conversations.jsonl"], row => Assert.True(
            row.GetProperty("id").TryGetGuid(out _) && row.GetProperty("acceptedAt").TryGetDateTimeOffset(out _)));
        var receipt = Assert.Single(files["receipts.jsonl"]);
        Assert.Equal(("once", Text(files["conversations.jsonl"][5], "id")), (Text(receipt, "id"), Text(receipt, "message")));

        var secrets = new[] { mine, "SecurityStamp", "PasswordHash", "receipt_key", "fingerprint" };
        var all = string.Join('\n', files.Values.SelectMany(rows => rows).Select(row => row.GetRawText()));
        Assert.All(secrets.Append(new Guid((int)me, 0, 0, new byte[8]).ToString()), secret =>
            Assert.DoesNotContain(secret, all, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_comes_while_it_is_written_is_not_in_it()
    {
        var me = await world.AddUserAsync("late");
        var session = await world.LogInAsync("late", me);
        await world.Mailbox.AppendAsync(Group(me, 1, session, Message("in time", "1")));
        var file = new MemoryStream();
        // The first bytes are written when the snapshot is there.
        var output = new NotingStream(file, () => world.Mailbox.AppendAsync(Group(me, 2, session, Message("late", "2"))));

        await _export.WriteAsync("late", output);

        var files = Read(file);
        Assert.Equal(["in time"], files["conversations.jsonl"].Select(row => Text(row, "text")));
        Assert.Equal(["1"], files["receipts.jsonl"].Select(row => Text(row, "id")));
        Assert.Equal(2, (await ExportAsync("late"))["receipts.jsonl"].Count);
    }

    [Fact]
    public async Task The_inbox_of_a_removed_user_is_in_nobodys_and_they_have_none()
    {
        var (me, gone) = (await world.AddUserAsync("stays"), await world.AddUserAsync("gone"));
        var session = await world.LogInAsync("stays", me);
        await world.Mailbox.AppendAsync(Group(gone, 1, session, Message("to gone")));
        Assert.Single((await ExportAsync("stays"))["conversations.jsonl"]);

        await new AccountStore(world.Database.DataSource, new Passwords(iterations: 1)).RemoveAsync("gone");

        Assert.Empty((await ExportAsync("stays"))["conversations.jsonl"]);
        await Assert.ThrowsAsync<AccountException>(() => ExportAsync("gone"));
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).ToString();

    private async Task<Dictionary<string, List<JsonElement>>> ExportAsync(string user)
    {
        var file = new MemoryStream();
        await _export.WriteAsync(user, file);
        return Read(file);
    }

    private static Dictionary<string, List<JsonElement>> Read(MemoryStream file)
    {
        using var zip = new ZipArchive(file, ZipArchiveMode.Read);
        return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        });
    }

    /// <summary>Does something before the first bytes go into a stream, which cannot seek.</summary>
    private sealed class NotingStream(Stream inner, Func<Task> first) : Stream
    {
        private bool _isBegun;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (!_isBegun) first().GetAwaiter().GetResult();
            _isBegun = true;
            inner.Write(buffer, offset, count);
        }
    }
}
