using System.Text;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Tests.Ledgers;

/// <summary>What may be said of a room, and the ledger believes or does not: Anna owns it, Ben comes and goes.</summary>
public sealed class RoomLiesTests : ConversationWorld
{
    private const long Log = 7;

    private readonly UserEntry _room;

    public RoomLiesTests()
    {
        _room = Ledger.User("#den");
        Ledger.RoomCreated(_room, isPublic: false, showsAll: false);
        Change(EntryKind.Joined, Anna, Anna, "owner");
    }

    [Theory]
    [InlineData("member", true)]
    [InlineData("reader", false)]
    [InlineData(null, false)]
    public void Only_who_may_write_writes(string? role, bool isBelieved)
    {
        if (role is not null) Change(EntryKind.Joined, Anna, Ben, role);
        Say(Ben);
        Judge(isBelieved, Invariants.RolesHold);
    }

    [Fact]
    public void Nobody_writes_after_the_entry_of_their_removal()
    {
        Change(EntryKind.Joined, Anna, Ben, "member");
        var message = Send(Ben, _room);
        Change(EntryKind.Removed, Anna, Ben, "");
        Say(Ben, message);
        Judge(false, Invariants.RolesHold);
    }

    [Theory]
    [InlineData(EntryKind.Removed, "", false)]
    [InlineData(EntryKind.Role, "owner", false)]
    [InlineData(EntryKind.Title, "Mine", false)]
    [InlineData(EntryKind.Left, "", true)]
    public void A_member_changes_nothing_but_that_they_leave(EntryKind kind, string text, bool isBelieved)
    {
        Change(EntryKind.Joined, Anna, Ben, "member");
        Change(kind, Ben, kind is EntryKind.Left or EntryKind.Role ? Ben : Anna, text);
        Judge(isBelieved, Invariants.RolesHold);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Where_the_owner_has_left_somebody_follows(bool isFollowed, bool isBelieved)
    {
        Change(EntryKind.Joined, Anna, Ben, "member");
        Change(EntryKind.Left, Anna, Anna, "");
        if (isFollowed) Change(EntryKind.Role, null, Ben, "owner");
        Ledger.RoomChanged(_room);
        Judge(isBelieved, Invariants.RolesHold);
    }

    [Theory]
    [InlineData(true, true)] // it was stored, and shown, before Ben was removed; only its sender heard of it later
    [InlineData(false, false)] // Ben was removed before it was sent
    public void What_is_acknowledged_after_a_removal_may_have_been_shown_before_it(bool isSentBefore, bool isBelieved)
    {
        Change(EntryKind.Joined, Anna, Ben, "member");
        var inbox = Begin(Ben, RequestKind.Inbox);
        if (!isSentBefore) Change(EntryKind.Removed, Anna, Ben, "");
        var send = Ledger.BeginSend(Anna.Connection, Anna.Session, _room, once: false);
        Say(Anna, send.Message);
        if (isSentBefore) Change(EntryKind.Removed, Anna, Ben, "");
        Ledger.Answered(send, ScriptedService.Sent);
        Ledger.Answered(inbox, Inbox([send.Message!]));
        Judge(isBelieved, Invariants.NoReadWithoutMembership);
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)] // it has left the inbox, and was never shown
    [InlineData(false, true, false)] // it was said before Ben came
    public void A_member_is_handed_what_was_said_since_they_came(bool isMember, bool isHanded, bool isBelieved)
    {
        if (isMember) Change(EntryKind.Joined, Anna, Ben, "member");
        var send = Ledger.BeginSend(Anna.Connection, Anna.Session, _room, once: false);
        Say(Anna, send.Message);
        Ledger.Answered(send, ScriptedService.Sent);
        if (!isMember) Change(EntryKind.Joined, Anna, Ben, "member");
        Ledger.Answered(Begin(Ben, RequestKind.Inbox), Inbox(isHanded ? [send.Message!] : []));
        Judge(isBelieved, isMember ? Invariants.AcknowledgedIsDurable : Invariants.NoReadWithoutMembership);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_has_left_is_handed_nothing_and_misses_nothing(bool isHanded)
    {
        Change(EntryKind.Joined, Anna, Ben, "member");
        var send = Ledger.BeginSend(Anna.Connection, Anna.Session, _room, once: false);
        Say(Anna, send.Message);
        Ledger.Answered(send, ScriptedService.Sent);
        Change(EntryKind.Left, Ben, Ben, "");
        Ledger.Answered(Begin(Ben, RequestKind.Inbox), Inbox(isHanded ? [send.Message!] : []));
        Judge(!isHanded, Invariants.NoReadWithoutMembership);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void A_message_is_handed_over_once_on_a_connection(int times, bool isBelieved)
    {
        Change(EntryKind.Joined, Anna, Ben, "member");
        var message = Send(Anna, _room);
        Say(Anna, message);
        for (var i = 0; i < times; i++) Ledger.Answered(Begin(Ben, RequestKind.Inbox), Inbox([message]));
        Judge(isBelieved, Invariants.OnceEach);
    }

    [Theory]
    [InlineData("2 3 4", true)]
    [InlineData("2 4", false)]
    [InlineData("1 2 3 4", false)] // what was before Ben came
    public void A_page_shows_all_that_its_reader_may_see(string numbers, bool isBelieved)
    {
        Change(EntryKind.Joined, Anna, Ben, "member");
        Say(Anna);
        Say(Ben);
        ReadPage(numbers);
        Judge(isBelieved, Invariants.PagesLoseNothing);
    }

    [Fact]
    public void Who_is_not_a_member_reads_no_page()
    {
        ReadPage("1");
        Judge(false, Invariants.NoReadWithoutMembership);
    }

    [Theory]
    [InlineData(2, 3, 1, true)]
    [InlineData(2, 3, 2, false)] // one's own message is not unread
    [InlineData(3, 3, 0, false)] // nobody has marked it
    public void Unread_is_what_others_have_said_since(long read, long last, int unread, bool isBelieved)
    {
        Change(EntryKind.Joined, Anna, Ben, "member");
        Say(Anna);
        var request = Begin(Ben, RequestKind.ShowRoom);
        if (unread == 2) Say(Ben);
        Ledger.RoomShown(request, _room, Info(new RoomMembership(Log, MemberRole.Member, 2, 2, read, false, last, unread)));
        Judge(isBelieved, read == 3 ? Invariants.MarkerOnlyRises : Invariants.UnreadIsExact);
    }

    [Fact]
    public void A_private_room_is_shown_to_nobody_outside()
    {
        Ledger.RoomShown(Begin(Ben, RequestKind.ShowRoom), _room, Info(null));
        Judge(false, Invariants.NoReadWithoutMembership);
    }

    [Fact]
    public void A_change_that_is_answered_is_there()
    {
        var change = new RoomChangeRequest(default, RoomAction.Add, "ben");
        Ledger.RoomChangeAnswered(Begin(Anna, RequestKind.ChangeRoom), _room, change, new(RoomChangeStatus.Done, Log, 2));
        Judge(false, Invariants.AcknowledgedIsDurable);
    }

    [Theory]
    [InlineData(MemberRole.Member, false)]
    [InlineData(MemberRole.Reader, true)]
    public void An_operators_command_counts_from_its_answer_on(MemberRole role, bool isBelieved)
    {
        var send = Ledger.BeginSend(Ben.Connection, Ben.Session, _room, once: false);
        Ledger.Answered(send, """{"status": "ERROR", "message": "User Tidak Ditemukan"}""");
        Ledger.WishEnded(Ledger.BeginMembership(_room, Ben.User, role), isDone: true);
        send = Ledger.BeginSend(Ben.Connection, Ben.Session, _room, once: false);
        Ledger.Answered(send, """{"status": "ERROR", "message": "User Tidak Ditemukan"}""");
        Judge(isBelieved, Invariants.ReplyForm);
    }

    private MessageEntry Send(Client sender, UserEntry room) =>
        Ledger.BeginSend(sender.Connection, sender.Session, room, once: false).Message!;

    private void Say(Client sender, MessageEntry? message = null) => Store(
        EntryKind.Message, sender.User, null, $"{Ledger.TextOf(message ?? Send(sender, _room))}\r\n");

    private void Change(EntryKind kind, Client? by, Client user, string text) =>
        Store(kind, by?.User ?? UserEntry.Nobody, kind == EntryKind.Title ? null : user.User, text);

    private void Store(EntryKind kind, UserEntry by, UserEntry? user, string text) => Ledger.Stored(
        _room, Log, new StoredRow(_room.Log.Rows.Count + 1, by, kind, Noon, Encoding.UTF8.GetBytes(text), User: user));

    private void ReadPage(string numbers) => Ledger.RoomPageRead(
        Begin(Ben, RequestKind.ReadRoom), _room, new RoomPageRequest("den", PageKind.Newest, 0, "", 9),
        new RoomPage("", Log, [.. numbers.Split(' ').Select(number => _room.Log.Rows[int.Parse(number) - 1]).Select(row => new LogEntry(
            default, Log, row.Number, row.Kind, row.Target, row.Sender.Name, "", row.AcceptedAt, Encoding.UTF8.GetBytes(row.Text),
            row.User?.Name))], null, null));

    private static RoomInfo Info(RoomMembership? mine) => new("", "den", "Den", false, false, 2, mine);

    private string Inbox(MessageEntry[] messages)
    {
        var shown = messages.Select(message =>
            $$"""{"msg_from": "{{message.Stream.Sender.Name}}", "msg_to": "#den", "msg": "{{Ledger.TextOf(message)}}\r\n"}""");
        var room = messages.Length == 0 ? "" : $"\"#den\": [{string.Join(", ", shown)}]";
        return $$"""{"status": "OK", "messages": { {{room}} } }""";
    }
}
