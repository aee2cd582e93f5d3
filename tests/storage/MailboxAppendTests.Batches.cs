using OrleansChat.Identifiers;
using OrleansChat.Storage.Logs;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests;

/// <summary>A group is stored whole or not at all, and never fails the others of its batch.</summary>
public partial class MailboxAppendTests
{
    [Fact]
    public async Task A_batch_that_would_leave_a_gap_is_not_stored()
    {
        await ArrangeAsync();
        await using var connection = await MailboxConnection.OpenAsync(world.Database, default);
        PendingGroup Pending(long number) => new(Group(_me, number, _session, Message($"{number}")));

        Assert.False(await connection.TryInsertAsync([Pending(1), Pending(3)]));
        Assert.Empty(await world.ReadAllAsync(_me));
        Assert.True(await connection.TryInsertAsync([Pending(1), Pending(2), Pending(3)]));
        Assert.Equal(["1", "2", "3"], await world.ReadAllAsync(_me));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_group_of_which_one_message_cannot_be_stored_leaves_nothing(int bad)
    {
        await ArrangeAsync();
        var late = Message("late", id: MessageId.New(DateTimeOffset.UnixEpoch));
        var good = Message("good", "id-1");

        Assert.Equal(AppendResult.OutOfTime, await AppendAsync(1, bad == 0 ? [late, good] : [good, late]));

        Assert.Empty(await world.ReadAllAsync(_me));
        Assert.Null((await world.Mailbox.FindReceiptAsync(_me, "id-1")).Receipt);
    }

    [Fact]
    public async Task One_bad_group_never_fails_the_others_of_its_batch()
    {
        await ArrangeAsync();
        var dead = await world.LogInAsync(_name, _me);
        await world.LogOutAsync(dead);
        var others = new List<(long Account, string Session)>();
        for (var i = 0; i < 4; i++)
        {
            var account = await world.AddUserAsync($"{_name}.{i}");
            others.Add((account, await world.LogInAsync($"{_name}.{i}", account)));
        }
        var seen = Message("seen");
        await world.Mailbox.AppendAsync(Group(others[3].Account, 1, _session, seen));

        // Queued in one turn behind a first one: they share a batch, with good ones between.
        var first = AppendAsync(1, Message("first"));
        var good = others[..3]
            .Select(other => world.Mailbox.AppendAsync(Group(other.Account, 1, other.Session, Message("x"), Message("y")))).ToList();
        var bad = AppendAsync(7, Message("stale"));
        var ended = world.Mailbox.AppendAsync(Group(others[0].Account, 3, dead, Message("dead")));
        var behindEnded = world.Mailbox.AppendAsync(Group(others[0].Account, 3, _session, Message("alive")));
        var late = world.Mailbox.AppendAsync(
            Group(others[1].Account, 3, _session, Message("late", id: MessageId.New(DateTimeOffset.UnixEpoch))));
        var repeated = world.Mailbox.AppendAsync(Group(others[3].Account, 2, _session, seen));
        var again = world.Mailbox.AppendAsync(Group(others[3].Account, 2, _session, Message("new")));

        Assert.Equal(AppendResult.Stored, await first);
        Assert.All(await Task.WhenAll(good), result => Assert.Equal(AppendResult.Stored, result));
        Assert.Equal(AppendResult.Conflict, await bad);
        Assert.Equal(AppendResult.SessionEnded, await ended);
        Assert.Equal(AppendResult.Stored, await behindEnded);
        Assert.Equal(AppendResult.OutOfTime, await late);
        Assert.Equal(AppendResult.Stored, await repeated);
        Assert.Equal(AppendResult.Stored, await again);
        Assert.Equal(["x", "y", "alive"], await world.ReadAllAsync(others[0].Account));
        Assert.Equal(["seen", "new"], await world.ReadAllAsync(others[3].Account));
    }
}
