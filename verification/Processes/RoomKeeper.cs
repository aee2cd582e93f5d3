using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Processes;

/// <summary>Makes a room with the commands of operators, and has users come and go while they write to it.</summary>
/// <param name="admin">Runs the commands.</param>
/// <param name="ledger">Judges what comes of them.</param>
/// <param name="users">The users; the first is the owner, who stays.</param>
/// <param name="name">The room, as a recipient.</param>
/// <param name="isPublic">Whether everybody sees it.</param>
/// <param name="random">Decides who comes and goes.</param>
internal sealed class RoomKeeper(
    AdminProgram admin, Ledger ledger, IReadOnlyList<ChatUser> users, string name, bool isPublic, Random random)
{
    private readonly UserEntry _room = ledger.User(name);
    private readonly Dictionary<ChatUser, MemberRole?> _roles = [];

    /// <summary>Works until it is told to stop.</summary>
    /// <param name="pauseAsync">Waits between two commands.</param>
    /// <param name="stop">Ends it, after the command that it runs.</param>
    public async Task RunAsync(Func<Task> pauseAsync, CancellationToken stop)
    {
        var isMade = false;
        while (!stop.IsCancellationRequested)
        {
            if (!isMade) isMade = await CreateAsync();
            else await ChangeAsync(users[random.Next(1, users.Count)]);
            await pauseAsync();
        }
    }

    // A room that is there already was made by an earlier command, of which nobody heard.
    private Task<bool> CreateAsync() => HaveAsync(
        users[0], MemberRole.Owner, [.. (string[])["create", name, "A room", users[0].Name], .. isPublic ? (string[])["--public"] : []]);

    private Task<bool> ChangeAsync(ChatUser user) => _roles.GetValueOrDefault(user, MemberRole.Banned) switch
    {
        MemberRole.Banned when random.Next(4) == 0 => HaveAsync(user, MemberRole.Reader, ["add", name, user.Name, "--role", "reader"]),
        MemberRole.Banned => HaveAsync(user, MemberRole.Member, ["add", name, user.Name]),
        MemberRole.Reader when random.Next(2) == 0 => HaveAsync(user, MemberRole.Moderator, ["role", name, user.Name, "moderator"]),
        MemberRole.Member when random.Next(4) == 0 => HaveAsync(user, MemberRole.Reader, ["role", name, user.Name, "reader"]),
        // Also who may be a member or not, since a command was not answered: who is removed is nothing for certain.
        _ => HaveAsync(user, MemberRole.Banned, ["remove", name, user.Name]),
    };

    /// <summary>Whether the user certainly has the role now.</summary>
    private async Task<bool> HaveAsync(ChatUser user, MemberRole role, string[] command)
    {
        var wish = ledger.BeginMembership(_room, ledger.User(user.Name), role);
        var (outcome, said) = await admin.TryAsync(null, ["rooms", .. command]);
        // What an unanswered command has done already is refused. No other refusal is possible.
        var isKnown = role is MemberRole.Owner or MemberRole.Banned && said.Contains(Known(role), StringComparison.Ordinal);
        if (outcome == AdminOutcome.Refused && !isKnown)
            throw new VerifyException($"orleanschat-admin rooms {string.Join(' ', command)}: {said}");
        var isDone = outcome != AdminOutcome.Unknown;
        ledger.WishEnded(wish, isDone);
        _roles[user] = isDone ? role : null;
        return isDone;
    }

    private static string Known(MemberRole role) => role == MemberRole.Owner ? "already exists" : "is not a member";
}
