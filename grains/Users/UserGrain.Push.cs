using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Grains.Push;
using OrleansChat.Storage.Push;

namespace OrleansChat.Grains.Users;

// What gateways hear of the user. Null while none has attached itself.
public sealed partial class UserGrain
{
    private Attachments? _gateways;

    /// <inheritdoc/>
    public async Task<InboxAttachment?> Attach(string gateway, IGatewayObserver observer, long number, long head)
    {
        if (!Exists) return null;
        var log = account.State.AccountId;
        _gateways ??= new Attachments(outboxes, time);
        var rooms = outboxes.ReadMembershipsAsync(log);
        var attachment = await _gateways.AttachAsync(gateway, observer, number, log, head);
        return new InboxAttachment(attachment, ToPositions(await rooms));
    }

    /// <inheritdoc/>
    public Task Detach(string gateway, long number)
    {
        _gateways?.Detach(gateway, number);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<ConversationReply<Standing>> ReadStanding(string sessionKey) =>
        Ask(outboxes.ReadStandingAsync(sessionKey), standing => new Standing(
            standing.User, standing.Name, standing.Epoch, ToStanding(standing.Inbox),
            [.. standing.Rooms.Select(room => new RoomStanding(
                ToStanding(room.Ends), room.Name, (MemberRole)room.Role, room.Joined, room.Members))]));

    /// <inheritdoc/>
    public Task EndStreams(string sessionKey)
    {
        if (_gateways is not null) return _gateways.EndAsync(Name, sessionKey, but: null);
        // A name that is nobody's leaves nothing behind.
        _ = Exists;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Tell(UserNotice notice)
    {
        _gateways?.Tell(notice);
        return Task.CompletedTask;
    }

    private void Appended() => _gateways?.Moved(account.State.AccountId);

    private void MarkerMoved(string conversation, long log, long read, int unread, long unreadAt) =>
        _gateways?.Tell(new UserNotice(Name, NoticeKind.Read, conversation, log, read, unread, unreadAt));

    private static LogStanding ToStanding(StoredEnds ends) => new(ends.LogId, ends.Last, ends.Received, ends.Purged);
}
