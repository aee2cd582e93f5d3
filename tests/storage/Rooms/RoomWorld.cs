using System.Text;
using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Tests.Conversations;

namespace OrleansChat.Storage.Tests.Rooms;

/// <summary>A database with people in rooms.</summary>
public sealed class RoomWorld : IAsyncLifetime
{
    /// <summary>Few, so that tests reach them.</summary>
    public const int MaxMembers = 4, MaxRooms = 3;

    private int _rooms;

    public ConversationWorld People { get; } = new();
    public NpgsqlDataSource Sql => People.Sql;
    public Mailbox Mailbox => People.Mailbox;
    public string Epoch => People.Epoch;
    public RoomStore Rooms { get; private set; } = null!;

    /// <summary>The same, with pages of a few entries.</summary>
    public RoomStore Limited { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await People.InitializeAsync();
        Rooms = new RoomStore(People.Storage.Database.DataSource, new RoomLimits());
        Limited = new RoomStore(People.Storage.Database.DataSource, new RoomLimits { Members = MaxMembers, RoomsPerUser = MaxRooms });
    }

    public Task DisposeAsync() => People.DisposeAsync();

    public Task<Person> PersonAsync() => People.PersonAsync();

    /// <summary>A name that no room has.</summary>
    public string NewName() => $"room{Interlocked.Increment(ref _rooms)}";

    /// <summary>A new room, with its first members.</summary>
    public async Task<Room> RoomAsync(Person owner, bool isPublic = false, bool showsAll = false, Person[]? members = null)
    {
        var change = Change(RoomChangeKind.Create, NewName()) with { Title = "A Room", IsPublic = isPublic, ShowsAll = showsAll };
        var made = await Rooms.ChangeAsync(owner.Session, change);
        Assert.Equal((RoomResult.Done, 1L), (made.Result, made.Number));
        var room = new Room(change.Room, made.LogId);
        foreach (var member in members ?? []) await AddAsync(owner, room, member);
        return room;
    }

    public static RoomChange Change(RoomChangeKind kind, string room) =>
        new(MessageId.New(TimeProvider.System.GetUtcNow()), kind, room);

    /// <summary>Makes a change; its result.</summary>
    public async Task<RoomResult> TryAsync(
        Person actor, RoomChangeKind kind, Room room, Person? user = null, RoomRole role = RoomRole.Member) =>
        (await Rooms.ChangeAsync(actor.Session, Change(kind, room.Name) with { User = user?.Name, Role = role })).Result;

    /// <summary>Makes a change that succeeds; the number of its entry.</summary>
    public async Task<long> DoAsync(
        Person actor, RoomChangeKind kind, Room room, Person? user = null, RoomRole role = RoomRole.Member)
    {
        var outcome = await Rooms.ChangeAsync(actor.Session, Change(kind, room.Name) with { User = user?.Name, Role = role });
        Assert.Equal((RoomResult.Done, room.Log), (outcome.Result, outcome.LogId));
        return outcome.Number;
    }

    public Task<long> AddAsync(Person owner, Room room, Person user, RoomRole role = RoomRole.Member) =>
        DoAsync(owner, RoomChangeKind.Add, room, user, role);

    /// <summary>Has an operator add a user, who may have left.</summary>
    public async Task ReturnAsync(Room room, Person user) => Assert.Equal(
        RoomResult.Done, (await Rooms.OperateAsync(Change(RoomChangeKind.Add, room.Name) with { User = user.Name })).Result);

    /// <summary>Sends messages, each with a statement of its own; the outcome of the last.</summary>
    public async Task<AppendResult> SendAsync(Person from, Room room, params string[] texts)
    {
        var result = AppendResult.Stored;
        foreach (var text in texts) result = await AppendAsync(from, room, MailboxWorld.Message(text));
        return result;
    }

    public async Task<AppendResult> AppendAsync(Person from, Room room, NewMessage message) =>
        await Mailbox.AppendAsync(new MailboxGroup(room.Log, await LastAsync(room) + 1, from.Session, [message], IsRoom: true));

    public Task<AppendResult> DeleteAsync(Person from, Room room, long number) =>
        AppendAsync(from, room, MailboxWorld.Message("") with { Target = number });

    public async Task<long> LastAsync(Room room) => (await Mailbox.GetEndsAsync(room.Log)).Last;

    public async Task<RoomRole?> RoleAsync(Person person, Room room) =>
        (await Rooms.FindAsync(person.Session, room.Name)).Value?.Mine?.Role;

    /// <summary>What is unread in an inbox: texts, those of rooms with the room's name before them.</summary>
    public async Task<List<string>> InboxAsync(Person person, int maxBytes = 1 << 20) => Texts(await ReadAsync(person, maxBytes));

    public async Task<MailboxPart> ReadAsync(
        Person person, int maxBytes = 1 << 20, long after = 0, IReadOnlyList<LogNumber>? rooms = null) =>
        (await Mailbox.ReadAsync(person.Account, person.Session, after, maxBytes, rooms))!;

    public static List<string> Texts(MailboxPart part) =>
        [.. part.Messages.Select(m => (m.Room is null ? "" : $"{m.Room}: ") + Encoding.UTF8.GetString(m.Text))];

    /// <summary>The entries of a room that a person sees.</summary>
    public async Task<List<StoredEntry>> EntriesAsync(Person person, Room room)
    {
        var (part, reason) = await Rooms.ReadLogAsync(person.Session, Epoch, room.Log, 0, 100_000);
        Assert.Equal(NoAnswer.None, reason);
        return [.. part!.Entries];
    }

    /// <summary>The texts of the messages of a room that a person sees.</summary>
    public async Task<List<string>> MessagesAsync(Person person, Room room) =>
        [.. (await EntriesAsync(person, room)).Where(e => e.Kind == StoredKind.Message).Select(e => Encoding.UTF8.GetString(e.Text))];
}

/// <summary>A room: its name and its log.</summary>
public sealed record Room(string Name, long Log);
