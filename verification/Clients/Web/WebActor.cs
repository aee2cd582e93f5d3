using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.Verification.Clients.Conversations;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Clients.Web;

/// <summary>A client program of one user over HTTP: it also sends, and ends sessions.</summary>
internal sealed class WebActor(WebDoors doors, Ledger ledger, TimeProvider time, ChatUser user, string name, ActorOptions options)
    : ConversationActor(doors, ledger, time, user, name, options)
{
    private const int MostLogs = 8;

    /// <summary>Sends a new message, under a key or without one.</summary>
    public Task SendAsync(UserEntry recipient, bool once) => SendAsync(Ledger.BeginSend(Connection!, Session!, recipient, once));

    /// <summary>Repeats a send with a key of any client of the user, through any door.</summary>
    /// <param name="which">Any number; it picks one of them.</param>
    public async Task RepeatAsync(int which)
    {
        if (Ledger.BeginRepeat(Connection!, Session!, which) is { } request) await SendAsync(request);
    }

    /// <summary>Sends a new message under a key that stands for another one.</summary>
    /// <param name="recipient">The recipient.</param>
    /// <param name="which">Any number; it picks the key.</param>
    public async Task ReuseAsync(UserEntry recipient, int which)
    {
        if (Ledger.BeginReuse(Connection!, Session!, recipient, which) is { } request) await SendAsync(request);
    }

    /// <summary>Tries a logged-out session of the user to send, to list, and to read.</summary>
    public async Task TryEndedAsync(UserEntry peer)
    {
        if (User.LastLoggedOut is not { } ended) return;
        await SendAsync(Ledger.BeginSend(Connection!, ended, peer, once: false));
        if (!IsReady) return;
        var request = Ledger.Begin(RequestKind.ListSessions, Connection!, User, ended);
        await AskAsync<SessionInfo[]>(request, (door, token) => ((WebDoor)door).ListSessionsAsync(token), _ => { });
        if (IsReady) await TryLoggedOutAsync(peer);
    }

    /// <summary>Logs out.</summary>
    public Task LogOutAsync() =>
        AskAsync<string>(Begin(RequestKind.LogOut), (door, token) => ((WebDoor)door).LogOutAsync(token), _ => { });

    /// <summary>Ends another session of the user, of whatever door.</summary>
    /// <param name="which">Any number; it picks one.</param>
    public async Task EndSessionAsync(int which)
    {
        if (Ledger.PickSession(User, which, Session) is not { } target) return;
        var request = Ledger.BeginEndSession(Connection!, Session!, target);
        await AskAsync<string>(
            request, (door, token) => ((WebDoor)door).EndSessionAsync(token, target.Id!), _ => Ledger.SessionEnded(request, wasThere: true),
            refusal =>
            {
                if (refusal == Refusal.NotFound) Ledger.SessionEnded(request, wasThere: false);
            });
    }

    /// <summary>Lists the user's sessions.</summary>
    public Task ListSessionsAsync()
    {
        var request = Begin(RequestKind.ListSessions);
        return AskAsync<SessionInfo[]>(request, (door, token) => ((WebDoor)door).ListSessionsAsync(token), sessions =>
            Ledger.SessionsListed(
                request, Array.ConvertAll(sessions, session => session.Id), Array.Find(sessions, session => session.IsCurrent)?.Id));
    }

    /// <summary>Reads a room as a conversation.</summary>
    public Task FindRoomConversationAsync(UserEntry room)
    {
        var request = Begin(RequestKind.FindConversation);
        return AskAsync<Conversation>(
            request, (door, token) => door.FindConversationAsync(token, room.Name), shown => Ledger.RoomConversationRead(request, shown),
            refusal =>
            {
                if (refusal == Refusal.NotFound) Ledger.RoomNotFound(request, room);
            });
    }

    /// <summary>Says that all has arrived that it has read by number, of the inbox and of rooms, at once.</summary>
    public async Task ReceiveLogsAsync()
    {
        (UserEntry Owner, Position At)[] logs = [.. ReadUpTo.Take(MostLogs)];
        if (logs.Length == 0) return;
        var request = Ledger.BeginReceive(Connection!, Session!, [.. logs.Select(log => (log.Owner, log.At.Number))]);
        await AskAsync<Positions>(
            request, (door, token) => ((WebDoor)door).ReceiveAsync(token, Epoch!, [.. logs.Select(log => log.At)]), received =>
            {
                foreach (var (owner, at) in logs)
                {
                    var answered = Array.Find(received.Logs, log => log.LogId == at.LogId)!.Number;
                    if (owner.IsRoom) Ledger.ReceivedInRoom(request, owner, at.Number, answered);
                    else Ledger.Received(request, at.Number, answered);
                }
            },
            // Perhaps one of the rooms is not the user's any more; then nothing is received, or all but that.
            refusal =>
            {
                if (refusal == Refusal.NotFound) ForgetRoomsRead();
            });
    }

    protected override Task LearnEpochAsync()
    {
        var request = Begin(RequestKind.ReadAccount);
        return AskAsync<OwnAccount>(request, (door, token) => ((WebDoor)door).ReadAccountAsync(token), account =>
        {
            Epoch = account.Epoch;
            if (account.User != User.Name) Ledger.RefusedWrongly(request, $"the account of {account.User}");
        });
    }

    private Task<WebReceipt?> SendAsync(RequestEntry request)
    {
        var (message, recipient) = (request.Message!, request.Message!.Stream.Recipient);
        return AskAsync<WebReceipt>(
            request, (door, token) => ((WebDoor)door).SendAsync(token, recipient.Name, Ledger.TextOf(message)[1..], message.OnceId),
            sent => Ledger.Placed(request, sent.Log, sent.Number, sent.SentAt, sent.IsRepeated), _ => { },
            sent => message.OnceId is null ? null : $"{sent.Id}");
    }
}
