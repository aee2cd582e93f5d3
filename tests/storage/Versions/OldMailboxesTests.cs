using System.Text;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Tests.Conversations;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests.Versions;

/// <summary>What becomes of the messages of version 9: <see cref="OldMailboxes"/>.</summary>
public sealed class OldMailboxesTests : IAsyncLifetime
{
    private const int Users = 20, Each = 250;

    private readonly Dictionary<long, List<(long, string, string, string)>> _unread = [];
    private readonly ConversationWorld _world;

    public OldMailboxesTests() => _world = new ConversationWorld
    {
        Storage = new MailboxWorld
        {
            Before = async source =>
            {
                await VersionsWorld.Old(9).MigrateAsync(source, default);
                await OldMailboxes.FillAsync(source, Users, Each);
                for (var account = 1L; account <= Users; account++)
                    _unread[account] = await source.QueryAsync(
                        "test", "SELECT number, sender, sender_name, convert_from(body, 'UTF8') FROM read_mailbox($1, 0, 1000000)",
                        [account],
                        reader => (reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
            },
        },
    };

    public Task InitializeAsync() => _world.InitializeAsync();

    public Task DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task What_was_unread_is_handed_over_under_the_names_it_had_and_what_was_received_is_gone_or_soon_will_be()
    {
        for (var account = 1; account < Users; account++)
        {
            if (account % 10 == 0) continue;
            var person = await PersonAsync(account);
            var part = (await _world.Mailbox.ReadAsync(account, person.Session, 0, 1_000_000))!;
            Assert.Equal(_unread[account], part.Messages.Select(m => (m.Number, m.Sender, m.SenderName, Encoding.UTF8.GetString(m.Text))));
            Assert.Equal(Each * 3 / 5, part.Messages.Count);
            Assert.Equal(new MailboxEnds(Each, Each * 2 / 5), await _world.Mailbox.GetEndsAsync(account));
        }
        const string received =
            "SELECT count(*) FROM message m JOIN log g USING (log_id) WHERE m.number <= g.received AND g.removed_at IS NULL";
        Assert.Equal(0, await _world.Sql.CountAsync($"{received} AND m.accepted_at < now() - interval '11 minutes'"));
        Assert.Equal(18 * Each / 5, await _world.Sql.CountAsync(received));

        // The inboxes of removed users are left to the purge, as everywhere.
        await new MailboxPurge(_world.Storage.Database.DataSource).RunOnceAsync(default);
        Assert.Equal(0, await _world.Sql.CountAsync("SELECT count(*) FROM message WHERE log_id % 10 = 0"));
        Assert.Equal(18 * Each / 5, await _world.Sql.CountAsync(received));
        Assert.Equal(0, await _world.Sql.CountAsync("SELECT count(*) FROM send_receipt WHERE sender_account_id % 10 = 0"));
    }

    [Fact]
    public async Task Nobody_gets_a_conversation_and_what_is_sent_from_now_on_makes_one()
    {
        var (me, peer) = (await PersonAsync(1), await PersonAsync(2));
        Assert.Equal(0, await _world.Sql.CountAsync("SELECT count(*) FROM member"));
        Assert.Empty((await _world.Conversations.ListAsync(me.Session, 9, null)).Value!.Conversations);
        Assert.Empty(await _world.TextsAsync(me, peer));
        Assert.Equal(0, await _world.Mailbox.CountUnreadAsync(me.Account, peer.Account));
        // By number, they are entries like others.
        var entry = (await _world.Conversations.ReadLogAsync(me.Session, _world.Epoch, Each - 1, 9)).Value!.Entries.Single();
        Assert.Equal((_unread[1][^1].Item2, _unread[1][^1].Item3), (entry.Sender, entry.SenderName));

        Assert.Equal(AppendResult.Stored, await _world.SendAsync(peer, me, "new"));

        Assert.Equal(["new"], await _world.TextsAsync(me, peer));
        Assert.Equal(["new"], await _world.TextsAsync(peer, me));
        Assert.Equal(1, (await _world.Conversations.FindAsync(me.Session, peer.Name)).Value!.Unread);
        Assert.Equal(Each + 1, await _world.LastAsync(me));
        Assert.Equal(1, await _world.Mailbox.CountUnreadAsync(me.Account, peer.Account));
        await _world.Mailbox.AdvanceAsync(me.Account, Each + 1);
        Assert.Empty((await _world.Mailbox.ReadAsync(me.Account, me.Session, 0, 1000))!.Messages);
        Assert.Equal(NoAnswer.NotFound, (await _world.AskAsync(me, peer.Name, PageSide.Around, new Place(Each, 0))).Reason);
    }

    [Fact]
    public async Task Receipts_answer_as_before_and_fit_any_message()
    {
        var old = (await _world.Sql.QueryAsync(
            "test", "SELECT sender_account_id, once_id, message_id FROM send_receipt WHERE sender_account_id = 3 LIMIT 1", [],
            reader => (Sender: reader.GetInt64(0), Id: reader.GetString(1), Message: reader.GetGuid(2)))).Single();
        var person = await PersonAsync(3);

        var found = await _world.Mailbox.FindReceiptAsync(old.Sender, old.Id);

        Assert.Equal(new SendReceipt(old.Message, "flushed"), found.Receipt);
        Assert.Equal(32, found.Key!.Length);
        Assert.Equal(AppendResult.AlreadyBound, await _world.AppendAsync(person, person, Message("again", old.Id)));
        Assert.Equal(0, await _world.Sql.CountAsync(
            "SELECT count(*) FROM send_receipt WHERE accepted_at IS NOT NULL OR log_id IS NOT NULL"));
    }

    [Fact]
    public async Task An_erased_sender_is_nameless_in_old_messages_too()
    {
        const string named = "SELECT count(*) FROM message WHERE sender = 'u4' OR sender_name IN ('User 4', 'Was 4')";
        Assert.NotEqual(0, await _world.Sql.CountAsync(named));
        var before = await _world.Sql.CountAsync("SELECT count(*) FROM message WHERE sender = 'u4'");
        await _world.Accounts.RemoveAsync("u4");

        await _world.Accounts.EraseAsync("u4");

        Assert.Equal(0, await _world.Sql.CountAsync(named));
        Assert.Equal(before, await _world.Sql.CountAsync(
            "SELECT count(*) FROM message WHERE sender = 'removed-4' AND sender_name = 'removed-4'"));
    }

    private async Task<Person> PersonAsync(int account) =>
        new($"u{account}", account, await _world.Storage.LogInAsync($"u{account}", account));
}
