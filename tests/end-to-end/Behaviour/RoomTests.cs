using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>
/// Rooms in the text protocol: a recipient, and a sender in <c>inbox</c>. Old clients take part in those that they were added to.
/// </summary>
public sealed class RoomTests(ChatService service) : IClassFixture<ChatService>
{
    private static readonly TimeSpan FollowedWithin = TimeSpan.FromSeconds(5);

    private RoomStore Operator => new(service.Sql, new RoomLimits());

    [Fact]
    public async Task A_message_to_a_room_stands_under_its_name_byte_for_byte_and_ones_own_is_not_handed_over()
    {
        var (one, other) = (await service.EnterAsync("r"), await service.EnterAsync("r"));
        var room = await CreateAsync(one.Name, other.Name);

        Assert.Equal(Replies.Sent, await one.Client.AskAsync($"send {one.Client.Token} #{room}  h\u00e9llo \"all\""));
        Assert.Equal(Replies.Sent, await one.Client.AskAsync($"send {one.Client.Token} {other.Name} direct"));
        Assert.Equal(Replies.Sent, await one.Client.AskAsync($"send {one.Client.Token} #{room}"));
        Assert.Equal(Replies.EmptyInbox, await one.Client.AskAsync("inbox"));

        var from = one.Name.ToUpperInvariant();
        var to = other.Name.ToUpperInvariant();
        var inRoom = $$"""{"msg_from": "{{from}}", "msg_to": "#{{room}}", "msg": "  h\u00e9llo \"all\"\r\n"}""";
        var empty = $$"""{"msg_from": "{{from}}", "msg_to": "#{{room}}", "msg": ""}""";
        var direct = $$"""{"msg_from": "{{from}}", "msg_to": "{{to}}", "msg": " direct\r\n"}""";
        Assert.Equal(
            $$$"""{"status": "OK", "messages": {"#{{{room}}}": [{{{inRoom}}}, {{{empty}}}], "{{{one.Name}}}": [{{{direct}}}]}}""",
            await other.Client.AskAsync("inbox"));
        // The next line has shown receipt: of all logs.
        Assert.Equal(Replies.EmptyInbox, await other.Client.AskAsync("inbox"));
        Assert.Equal(Replies.EmptyInbox, await (await service.LogInAsync(other.Name)).AskAsync("inbox"));
    }

    [Fact]
    public async Task What_was_not_shown_to_be_received_is_handed_over_again_on_another_connection()
    {
        var (one, other) = (await service.EnterAsync("r"), await service.EnterAsync("r"));
        var room = await CreateAsync(one.Name, other.Name);
        await one.Client.AskAsync($"send {one.Client.Token} #{room} again");
        Assert.Equal(["again"], Replies.TextsIn(await other.Client.AskAsync("inbox")));

        Assert.Equal(["again"], Replies.TextsIn(await (await service.LogInAsync(other.Name)).AskAsync("inbox")));
    }

    [Fact]
    public async Task Whom_a_room_is_not_for_is_told_that_there_is_no_recipient_whatever_the_reason()
    {
        var (one, other) = (await service.EnterAsync("r"), await service.EnterAsync("r"));
        var room = await CreateAsync(one.Name);
        foreach (var recipient in new[] { room, "nowhere", "", "..", new string('a', 64), new string('a', 65) })
        {
            Assert.Equal(Replies.NoRecipient, await other.Client.AskAsync($"send {other.Client.Token} #{recipient} hello"));
            Assert.Equal(Replies.NoRecipient, await other.Client.AskAsync($"sendonce {other.Client.Token} id #{recipient} hello"));
        }
        await ChangeAsync(RoomChangeKind.Add, room, other.Name, RoomRole.Reader);
        Assert.Equal(Replies.NoRecipient, await other.Client.AskAsync($"send {other.Client.Token} #{room} readers do not write"));
        await ChangeAsync(RoomChangeKind.Role, room, other.Name, RoomRole.Member);
        Assert.Equal(Replies.Sent, await other.Client.AskAsync($"send {other.Client.Token} #{room} members do"));
        await ChangeAsync(RoomChangeKind.Remove, room, other.Name);
        Assert.Equal(Replies.NoRecipient, await other.Client.AskAsync($"send {other.Client.Token} #{room} removed"));
        // The ID was bound by none of the refusals.
        await ChangeAsync(RoomChangeKind.Add, room, other.Name);
        var receipt = await other.Client.AskAsync($"sendonce {other.Client.Token} id #{room} once");
        Assert.StartsWith("""{"status": "OK", "message": "Message Sent", "id": """, receipt, StringComparison.Ordinal);
        Assert.Equal(receipt, await other.Client.AskAsync($"sendonce {other.Client.Token} id #{room} once"));
        Assert.Equal(Replies.IdUsed, await other.Client.AskAsync($"sendonce {other.Client.Token} id {one.Name} once"));
        Assert.Equal(["members do", "once"], Replies.TextsIn(await one.Client.AskAsync("inbox")));
    }

    [Fact]
    public async Task Through_other_doors_a_room_is_made_joined_read_and_left()
    {
        var (one, other) = (await service.EnterAsync("r"), await service.EnterAsync("r"));
        var room = NewName();
        var grain = service.Grains.Room(room);
        var create = Change(RoomAction.Create) with { Title = "Everybody", IsPublic = true, ShowsAll = true };
        Assert.Equal(RoomChangeStatus.Done, (await grain.Change(KeyOf(one.Client), create)).Status);
        await one.Client.AskAsync($"send {one.Client.Token} #{room} before");
        Assert.Equal(RoomChangeStatus.Done, (await grain.Change(KeyOf(other.Client), Change(RoomAction.Join))).Status);
        await one.Client.AskAsync($"send {one.Client.Token} #{room} after");

        var member = service.Grains.Member(other.Name);
        var found = (await member.FindRoom(KeyOf(other.Client), room)).Value!;
        Assert.Equal(("Everybody", 2, 1, MemberRole.Member), (found.Title, found.Members, found.Mine!.Unread, found.Mine.Role));
        var read = (await member.MarkRoomRead(KeyOf(other.Client), found.Epoch, room, found.Mine.Last)).Value!;
        Assert.Equal((0, found.Mine.Last), (read.Mine!.Unread, read.Mine.Read));
        // What it has read it has not received: that is what inbox is for.
        Assert.Equal(["after"], Replies.TextsIn(await other.Client.AskAsync("inbox")));
        Assert.Equal(RoomChangeStatus.Done, (await grain.Change(KeyOf(other.Client), Change(RoomAction.Leave))).Status);
        await one.Client.AskAsync($"send {one.Client.Token} #{room} without");
        Assert.Equal(Replies.EmptyInbox, await other.Client.AskAsync("inbox"));
    }

    [Fact]
    public async Task An_operators_deletion_is_heard_of()
    {
        var (name, client) = await service.EnterAsync("r");
        var room = await CreateAsync(name);
        Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} #{room} hello"));

        await ChangeAsync(RoomChangeKind.Delete, room);

        // From the answer on: the statement refuses what the grain does not know yet.
        Assert.Equal(Replies.NoRecipient, await client.AskAsync($"send {client.Token} #{room} hello"));
        await Eventually.SeesAsync(
            FollowedWithin, () => client.AskAsync($"send {client.Token} #{room} hello"), reply => reply == Replies.NoRecipient);
    }

    private async Task<string> CreateAsync(string owner, params string[] members)
    {
        var room = NewName();
        var change = new RoomChange(
            NewId(), RoomChangeKind.Create, room, owner, RoomRole.Owner, "A Room", IsPublic: false, ShowsAll: false);
        Assert.Equal(RoomResult.Done, (await Operator.OperateAsync(change)).Result);
        foreach (var member in members) await ChangeAsync(RoomChangeKind.Add, room, member);
        return room;
    }

    private async Task ChangeAsync(RoomChangeKind kind, string room, string? user = null, RoomRole role = RoomRole.Member) =>
        Assert.Equal(RoomResult.Done, (await Operator.OperateAsync(new RoomChange(NewId(), kind, room, user, role))).Result);

    private static RoomChangeRequest Change(RoomAction action) => new(NewId(), action);

    private static string KeyOf(WireClient client) => GrainKeys.ForSession(client.Token);

    private static string NewName() => "room-" + Guid.NewGuid().ToString("N")[..8];

    private static Guid NewId() => MessageId.New(DateTimeOffset.UtcNow);
}
