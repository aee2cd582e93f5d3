using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Tests.Conversations;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>A user is removed who is in many rooms: they leave one after the other, and the housekeeping ends what was cut short.</summary>
public sealed class ManyRoomsTests(RoomWorld world) : IClassFixture<RoomWorld>
{
    private const int Count = 40;

    [Fact]
    public async Task They_leave_all_and_no_room_waits_for_another()
    {
        var (owner, rooms) = await FillAsync();
        // A message to the room in the middle is being stored, for as long as this lasts.
        await using var holder = await HoldAsync(rooms[Count / 2]);

        var removing = world.People.Accounts.RemoveAsync(owner.Name);
        await holder.WaitedForAsync(removing);

        // Those before it are done, for everybody; the removal itself holds.
        Assert.Equal(Count / 2, await CountLeftAsync(owner));
        Assert.Equal(1, await world.Sql.CountAsync(
            "SELECT count(*) FROM account WHERE account_id = $1 AND removed_at IS NOT NULL", owner.Account));
        await holder.ReleaseAsync();
        await removing.WaitAsync(Waiting.Patience);
        await AssertLeftAsync(owner, rooms);
    }

    [Fact]
    public async Task Cut_short_in_the_middle_the_removal_holds_and_the_housekeeping_goes_on()
    {
        var (owner, rooms) = await FillAsync();
        await using var holder = await HoldAsync(rooms[Count / 2]);
        var removing = world.People.Accounts.RemoveAsync(owner.Name);
        await holder.WaitedForAsync(removing);

        await holder.KillWaitingAsync();

        await removing.WaitAsync(Waiting.Patience);
        Assert.Equal(Count / 2, await CountLeftAsync(owner));
        await holder.ReleaseAsync();
        // For a minute somebody may still be at it.
        var purge = new MailboxPurge(world.People.Storage.Database.DataSource);
        await purge.RunOnceAsync(default);
        Assert.Equal(Count / 2, await CountLeftAsync(owner));
        await world.Sql.ExecuteAsync(
            "test", "UPDATE account SET removed_at = removed_at - interval '1 minute' WHERE account_id = $1", [owner.Account]);
        for (var runs = 0; runs <= Count / 2; runs++) await purge.RunOnceAsync(default);
        await AssertLeftAsync(owner, rooms);
    }

    private async Task<(Person Owner, List<Room> Rooms)> FillAsync()
    {
        var (owner, member) = (await world.PersonAsync(), await world.PersonAsync());
        var rooms = new List<Room>();
        for (var i = 0; i < Count; i++) rooms.Add(await world.RoomAsync(owner, members: [member]));
        return (owner, rooms);
    }

    private Task<long> CountLeftAsync(Person owner) => world.Sql.CountAsync(
        "SELECT count(*) FROM message WHERE kind = 3 AND sender_id = $1 AND target = $1", owner.Account);

    private async Task AssertLeftAsync(Person owner, List<Room> rooms)
    {
        Assert.Equal(rooms.Count, await CountLeftAsync(owner));
        Assert.Equal(0, await world.Sql.CountAsync("SELECT count(*) FROM room_member WHERE account_id = $1", owner.Account));
        var logs = rooms.Select(room => room.Log).ToArray();
        Assert.Equal(rooms.Count, await world.Sql.CountAsync(
            "SELECT count(*) FROM room WHERE log_id = ANY ($1) AND members = 1 AND removed_at IS NULL", logs));
        Assert.Equal(rooms.Count, await world.Sql.CountAsync(
            "SELECT count(*) FROM room_member WHERE log_id = ANY ($1) AND role = 4", logs));
        Assert.Equal(rooms.Count * 4, await world.Sql.CountAsync("SELECT count(*) FROM message WHERE log_id = ANY ($1)", logs));
    }

    private async Task<LockHolder> HoldAsync(Room room)
    {
        var holder = await LockHolder.BeginAsync(world.Sql);
        await holder.RunAsync("SELECT FROM room WHERE log_id = $1 FOR UPDATE", room.Log);
        return holder;
    }
}
