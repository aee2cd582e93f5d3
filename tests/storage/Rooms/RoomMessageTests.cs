using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Tests.Logs;
using static OrleansChat.Storage.Tests.MailboxWorld;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>Messages to rooms: the statement that stores them asks who their sender is there.</summary>
public sealed class RoomMessageTests(RoomWorld world) : IClassFixture<RoomWorld>
{
    [Fact]
    public async Task Members_write_and_readers_do_not_and_what_a_removed_one_begins_to_send_is_refused()
    {
        var (owner, member, reader) = (await world.PersonAsync(), await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, members: [member]);
        await world.AddAsync(owner, room, reader, RoomRole.Reader);

        Assert.Equal(AppendResult.Stored, await world.SendAsync(member, room, "1", "2"));
        Assert.Equal(AppendResult.Blocked, await world.SendAsync(reader, room, "refused"));
        await world.DoAsync(owner, RoomChangeKind.Role, room, reader, RoomRole.Member);
        Assert.Equal(AppendResult.Stored, await world.SendAsync(reader, room, "3"));
        await world.DoAsync(owner, RoomChangeKind.Remove, room, member);
        Assert.Equal(AppendResult.Blocked, await world.SendAsync(member, room, "refused"));

        Assert.Equal(["1", "2", "3"], await world.MessagesAsync(owner, room));
    }

    [Fact]
    public async Task A_refused_message_to_a_room_leaves_the_others_of_its_batch_stored()
    {
        var (owner, stranger) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner);
        await using var writer = new HeldWriter(world.People.Storage.Database);
        writer.Add(InRoom(room, 2, owner, "2"));
        writer.Add(InRoom(room, 3, stranger, "refused"));
        writer.Add(Group(owner.Account, 1, stranger.Session, Message("direct")));
        writer.Add(InRoom(room, 3, owner, "3"));

        Assert.Equal(
            [AppendResult.Stored, AppendResult.Blocked, AppendResult.Stored, AppendResult.Stored], await writer.StoreAsync());
        Assert.Equal(["2", "3"], await world.MessagesAsync(owner, room));
        Assert.Equal(["direct"], await world.People.Storage.ReadAllAsync(owner.Account));
    }

    [Fact]
    public async Task A_statement_with_the_number_after_a_removal_sees_it_also_of_a_writer_that_stored_the_one_before()
    {
        var (owner, member) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, members: [member]);
        await using var writer = await MailboxConnection.OpenAsync(world.People.Storage.Database, default);
        Assert.True(await writer.TryInsertAsync([new(InRoom(room, 3, member, "3"))]));

        var number = await world.DoAsync(owner, RoomChangeKind.Remove, room, member);

        Assert.Equal(4, number);
        // It remembers that 3 is stored, and does not look; but 4 is taken, and after 4 it looks.
        Assert.False(await writer.TryInsertAsync([new(InRoom(room, 4, member, "4"))]));
        Assert.False(await writer.TryInsertAsync([new(InRoom(room, 5, member, "5"))]));
        Assert.True(Assert.Single(await writer.JudgeAsync([new(InRoom(room, 5, member, "5"))])).IsBlocked);
        Assert.True(await writer.TryInsertAsync([new(InRoom(room, 5, owner, "5"))]));
    }

    [Fact]
    public async Task Changes_and_messages_at_once_lose_nothing_and_leave_no_gap()
    {
        var (owner, joiner) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, isPublic: true);
        var results = new List<AppendResult>();
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                AppendResult result;
                var message = Message($"{i}");
                do
                    result = await world.AppendAsync(owner, room, message);
                while (result == AppendResult.Conflict);
                results.Add(result);
            }
        });
        while (!sending.IsCompleted)
        {
            await world.DoAsync(joiner, RoomChangeKind.Join, room);
            await world.DoAsync(joiner, RoomChangeKind.Leave, room);
        }
        await sending;

        Assert.All(results, result => Assert.Equal(AppendResult.Stored, result));
        var entries = await world.EntriesAsync(owner, room);
        Assert.Equal(Enumerable.Range(1, entries.Count).Select(i => (long)i), entries.Select(entry => entry.Number));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), await world.MessagesAsync(owner, room));
    }

    [Fact]
    public async Task A_message_is_deleted_by_its_writer_or_a_moderator_and_by_nobody_else()
    {
        var (owner, writer, other, moderator) =
            (await world.PersonAsync(), await world.PersonAsync(), await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, members: [writer, other]);
        await world.AddAsync(owner, room, moderator, RoomRole.Moderator);
        await world.SendAsync(writer, room, "a", "b", "c");
        var first = await world.LastAsync(room) - 2;

        Assert.Equal(AppendResult.TargetGone, await world.DeleteAsync(other, room, first));
        Assert.Null(await world.Rooms.FindDeletionAsync(other.Session, room.Log, first));
        Assert.Equal(0, await world.Rooms.FindDeletionAsync(writer.Session, room.Log, first));
        Assert.Equal(AppendResult.Stored, await world.DeleteAsync(writer, room, first));
        Assert.Equal(AppendResult.Stored, await world.DeleteAsync(moderator, room, first + 1));
        Assert.Equal(AppendResult.TargetGone, await world.DeleteAsync(moderator, room, first + 1));
        Assert.Equal(first + 4, await world.Rooms.FindDeletionAsync(moderator.Session, room.Log, first + 1));
        // An entry is not a message.
        Assert.Equal(AppendResult.TargetGone, await world.DeleteAsync(owner, room, 1));
        await world.DoAsync(owner, RoomChangeKind.Role, room, writer, RoomRole.Reader);
        Assert.Equal(AppendResult.Stored, await world.DeleteAsync(writer, room, first + 2));

        Assert.Equal(["", "", ""], await world.MessagesAsync(other, room));
        Assert.Equal(
            [(StoredKind.Deleted, (long?)first), (StoredKind.Deleted, first + 1), (StoredKind.Deleted, first + 2)],
            (await world.EntriesAsync(other, room)).Where(e => e.Kind == StoredKind.Deleted).Select(e => (e.Kind, e.Target)));
    }

    [Fact]
    public async Task Of_two_deletions_at_once_one_is_stored()
    {
        var (owner, writer) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, members: [writer]);
        await world.SendAsync(writer, room, "twice");
        await using var held = new HeldWriter(world.People.Storage.Database);
        held.Add(new(room.Log, 4, writer.Session, [Message("") with { Target = 3 }], IsRoom: true));
        held.Add(new(room.Log, 5, owner.Session, [Message("") with { Target = 3 }], IsRoom: true));

        Assert.Equal([AppendResult.Stored, AppendResult.TargetGone], await held.StoreAsync());
    }

    [Fact]
    public async Task A_repeatable_send_to_a_room_is_stored_once_and_its_receipt_stays_after_a_removal()
    {
        var (owner, member) = (await world.PersonAsync(), await world.PersonAsync());
        var room = await world.RoomAsync(owner, members: [member]);
        var message = Message("once", "id");
        Assert.Equal(AppendResult.Stored, await world.AppendAsync(member, room, message));
        await world.DoAsync(owner, RoomChangeKind.Remove, room, member);

        Assert.Equal(AppendResult.Stored, await world.AppendAsync(member, room, message));
        Assert.Equal(AppendResult.AlreadyBound, await world.AppendAsync(member, room, Message("other", "id")));
        Assert.Equal(message.Id, (await world.Mailbox.FindReceiptAsync(member.Account, "id")).Receipt!.MessageId);
        Assert.Equal(["once"], await world.MessagesAsync(owner, room));
    }

    [Fact]
    public async Task Nothing_is_stored_in_a_room_that_was_deleted()
    {
        var owner = await world.PersonAsync();
        var room = await world.RoomAsync(owner);
        await world.DoAsync(owner, RoomChangeKind.Delete, room);

        Assert.Equal(
            AppendResult.Blocked, await world.Mailbox.AppendAsync(InRoom(room, 2, owner, "late")));
        Assert.Equal(1, await world.Sql.CountAsync("SELECT count(*) FROM message WHERE log_id = $1", room.Log));
    }

    private static MailboxGroup InRoom(Room room, long number, Conversations.Person from, string text) =>
        Group(room.Log, number, from.Session, Message(text)) with { IsRoom = true };
}
