using Npgsql;
using OrleansChat.Identifiers;
using OrleansChat.Limits;
using OrleansChat.Storage.Rooms;
using OrleansChat.Terminal;

namespace OrleansChat.Admin;

/// <summary>
/// What an operator does with rooms. The rules are those of members, under an operator's name that no entry shows; silos hear of it within
/// 2 seconds, and what is no longer allowed is refused at once.
/// </summary>
internal static class RoomCommands
{
    private static readonly Dictionary<string, RoomRole> Roles = new()
    {
        ["owner"] = RoomRole.Owner,
        ["moderator"] = RoomRole.Moderator,
        ["member"] = RoomRole.Member,
        ["reader"] = RoomRole.Reader,
        ["banned"] = RoomRole.Banned,
    };

    public static async Task ListAsync(NpgsqlDataSource source)
    {
        foreach (var room in await new RoomList(source).ReadAsync())
        {
            var kind = room.IsPublic ? "public" : "private";
            var members = room.Members == 1 ? "1 member" : $"{room.Members} members";
            Say($"#{room.Name}  {kind}  {members}  owned by {(room.Owners.Length > 0 ? room.Owners : "nobody")}  {room.Title}");
        }
    }

    public static async Task CreateAsync(NpgsqlDataSource source, string room, string title, string owner, bool isPublic, bool showsAll)
    {
        var name = NameOf(room);
        if (!RoomName.IsValid(name))
            throw new InputException(
                $"'{room}' is not a valid name for a room: use 1 to {RoomName.MaxLength} of a-z 0-9 . _ - that begin with a letter or "
                + "digit.");
        RequireTitle(title);
        var change = New(RoomChangeKind.Create, name) with { User = owner, Title = title, IsPublic = isPublic, ShowsAll = showsAll };
        await ChangeAsync(source, change, owner);
        Say($"Made the {(isPublic ? "public" : "private")} room #{name} ({title}), owned by {owner}.");
    }

    public static async Task AddAsync(NpgsqlDataSource source, string room, string user, string role)
    {
        if (RoleOf(role) == RoomRole.Banned) throw new InputException("Nobody can be added as banned: use rooms role.");
        await ChangeAsync(source, New(RoomChangeKind.Add, NameOf(room)) with { User = user, Role = RoleOf(role) }, user);
        Say($"{user} is in #{NameOf(room)}.");
    }

    public static async Task RemoveAsync(NpgsqlDataSource source, string room, string user)
    {
        await ChangeAsync(source, New(RoomChangeKind.Remove, NameOf(room)) with { User = user }, user);
        Say($"Removed {user} from #{NameOf(room)}. If the room is public, {user} cannot join again until somebody adds them.");
    }

    public static async Task SetRoleAsync(NpgsqlDataSource source, string room, string user, string role)
    {
        await ChangeAsync(source, New(RoomChangeKind.Role, NameOf(room)) with { User = user, Role = RoleOf(role) }, user);
        Say($"{user} is {role} of #{NameOf(room)}.");
    }

    public static async Task SetTitleAsync(NpgsqlDataSource source, string room, string title)
    {
        RequireTitle(title);
        await ChangeAsync(source, New(RoomChangeKind.Set, NameOf(room)) with { Title = title }, "");
        Say($"#{NameOf(room)} has the title {title}.");
    }

    public static async Task SetKindAsync(NpgsqlDataSource source, string room, bool isPublic)
    {
        await ChangeAsync(source, New(RoomChangeKind.Set, NameOf(room)) with { IsPublic = isPublic }, "");
        Say($"#{NameOf(room)} is {(isPublic ? "public: everybody sees it and may join" : "private: only its members see it")}.");
    }

    public static async Task SetHistoryAsync(NpgsqlDataSource source, string room, bool showsAll)
    {
        await ChangeAsync(source, New(RoomChangeKind.Set, NameOf(room)) with { ShowsAll = showsAll }, "");
        Say($"New members of #{NameOf(room)} see what {(showsAll ? "was said before they came" : "is said from then on")}.");
    }

    /// <exception cref="InputException">The person at the terminal declined.</exception>
    public static async Task DeleteAsync(NpgsqlDataSource source, string room, bool isSure)
    {
        var name = NameOf(room);
        if ((await new RoomList(source).ReadAsync()).FirstOrDefault(found => found.Name == name) is { } found)
            Question.Confirm(
                isSure, $"Delete #{name} ({SafeText.ForTerminal(found.Title)}) for good, with all its messages? It has {found.Members} "
                + "members.", $"#{name} was not deleted.");
        await ChangeAsync(source, New(RoomChangeKind.Delete, name), "");
        Say($"Deleted #{name}. Its messages are gone within an hour; the name is free again after 12 minutes.");
    }

    /// <summary>Says what is wrong with a role; null if nothing is.</summary>
    public static string? FaultOfRole(string role) =>
        Roles.ContainsKey(role) ? null : $"'{role}' is not a valid role: give {string.Join(", ", Roles.Keys)}.";

    private static RoomRole RoleOf(string role) => Roles[role];

    // A shell takes an unquoted # for the beginning of a comment.
    private static string NameOf(string room) => room.StartsWith(RoomName.Mark) ? room[1..] : room;

    private static RoomChange New(RoomChangeKind kind, string room) => new(MessageId.New(DateTimeOffset.UtcNow), kind, room);

    private static void RequireTitle(string title)
    {
        if (!RoomTitle.IsValid(title))
            throw new InputException(
                "The title has no visible character, is too long, has white space around it, or contains control characters or a text "
                + "direction that stays open.");
    }

    private static async Task ChangeAsync(NpgsqlDataSource source, RoomChange change, string user)
    {
        var limits = new RoomLimits();
        var result = (await new RoomStore(source, limits).OperateAsync(change)).Result;
        if (result == RoomResult.Done) return;
        throw new InputException(result switch
        {
            RoomResult.NoSuchRoom => $"There is no room #{change.Room}.",
            RoomResult.NameTaken =>
                $"The room #{change.Room} already exists, or was deleted a moment ago: its name is free after 12 minutes.",
            RoomResult.NoSuchUser => $"There is no user {user}.",
            RoomResult.NotAMember => $"{user} is not a member of #{change.Room}.",
            RoomResult.RoomFull => $"#{change.Room} has {limits.Members} members already.",
            RoomResult.TooManyRooms => $"{user} is in {limits.RoomsPerUser} rooms already.",
            RoomResult.LastOwner => $"{user} is the last owner of #{change.Room}, and nobody could follow: add a member first.",
            RoomResult.OutOfTime => "The clock of this machine differs from the database's: set it.",
            _ => $"The change of #{change.Room} was refused ({result}).",
        });
    }

    private static void Say(string what) => Console.WriteLine(SafeText.ForTerminal(what));
}
