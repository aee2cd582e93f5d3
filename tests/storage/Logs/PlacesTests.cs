using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests.Logs;

/// <summary>What an append says of where and when its messages were stored: the same as the database does.</summary>
public class PlacesTests(MailboxWorld world) : IClassFixture<MailboxWorld>
{
    [Fact]
    public async Task An_append_says_where_and_when_each_message_was_stored()
    {
        var (me, session) = await ArrangeAsync("a");

        var first = await world.Mailbox.StoreAsync(Group(me, 1, session, Message("one"), Message("two")));
        var second = await world.Mailbox.StoreAsync(Group(me, 3, session, Message("three", "once")));

        Assert.Equal(await ReadAsync(me), [.. first.Places!, .. second.Places!]);
        Assert.Equal(["flushed", "flushed"], new[] { first.Durability, second.Durability });
    }

    [Fact]
    public async Task A_repetition_is_told_the_places_of_the_first_attempt_and_those_of_what_it_adds()
    {
        var (me, session) = await ArrangeAsync("b");
        var (one, three) = (Message("one"), Message("three"));
        await world.Mailbox.StoreAsync(Group(me, 1, session, one, Message("two"), three));

        var added = Message("four");
        var repeated = await world.Mailbox.StoreAsync(Group(me, 4, session, three, added, one));
        await world.LogOutAsync(session);
        var afterTheEnd = await world.Mailbox.StoreAsync(Group(me, 9, session, one, added));

        var stored = await ReadAsync(me);
        Assert.Equal([stored[2], stored[3], stored[0]], repeated.Places!);
        Assert.Equal([stored[0], stored[3]], afterTheEnd.Places!);
        Assert.Equal(AppendResult.Stored, afterTheEnd.Result);
        Assert.Equal("flushed", afterTheEnd.Durability);
    }

    [Fact]
    public async Task A_receipt_keeps_the_place_of_a_message_that_is_gone()
    {
        var (me, session) = await ArrangeAsync("c");
        var message = Message("one", "once");
        var first = Assert.Single((await world.Mailbox.StoreAsync(Group(me, 1, session, message))).Places!);
        await world.Mailbox.AdvanceAsync(me, 1);
        await world.Sql.ExecuteAsync("test", "DELETE FROM message WHERE log_id = $1", [me]);

        Assert.Equal(first, (await world.Mailbox.FindReceiptAsync(me, "once")).Receipt!.Place);
        Assert.Equal([first], (await world.Mailbox.StoreAsync(Group(me, 2, session, message))).Places!);
    }

    [Fact]
    public async Task A_receipt_from_before_schema_10_has_no_place_and_answers_all_the_same()
    {
        var (me, session) = await ArrangeAsync("d");
        var message = Message("one", "once");
        await world.Sql.ExecuteAsync(
            "test", "INSERT INTO send_receipt VALUES ($1, 'once', $2, 'flushed', NULL, NULL, NULL, NULL)", [me, message.Id]);

        Assert.Null((await world.Mailbox.FindReceiptAsync(me, "once")).Receipt!.Place);
        var place = Assert.Single((await world.Mailbox.StoreAsync(Group(me, 1, session, message))).Places!);
        Assert.Equal((me, 0), (place.LogId, place.Number));
    }

    [Fact]
    public async Task What_was_not_stored_has_no_place()
    {
        var (me, session) = await ArrangeAsync("e");

        Assert.Equal(new Appended(AppendResult.Conflict), await world.Mailbox.StoreAsync(Group(me, 2, session, Message("too far"))));
    }

    private async Task<(long Account, string Session)> ArrangeAsync(string name)
    {
        var me = await world.AddUserAsync(name);
        return (me, await world.LogInAsync(name, me));
    }

    private Task<List<StoredPlace>> ReadAsync(long log) => world.Sql.QueryAsync(
        "test", "SELECT log_id, number, accepted_at FROM message WHERE log_id = $1 ORDER BY number", [log],
        r => new StoredPlace(r.GetInt64(0), r.GetInt64(1), r.GetFieldValue<DateTimeOffset>(2)));
}
