using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Sessions;

// What streams need, and what the user's other devices are told. What is told is a hint, and anyone who needs to know for sure reads.
internal sealed partial class ClientSession
{
    /// <summary>Reads where all logs of the session's owner end, at one moment.</summary>
    /// <param name="sessionKey">The key of the session.</param>
    /// <param name="enter">
    /// Is called before, with the owner and the inbox, so that nothing that comes after the answer is missed; false if there must be no
    /// answer. It may be called again.
    /// </param>
    public Task<Outcome<Standing>> ReadStandingAsync(string? sessionKey, Func<string, long, Task<bool>> enter) =>
        ReadAsync<Standing>(sessionKey, async _ => await AskUserAsync<Standing>(sessionKey!, async (user, account) =>
            await enter(user, account)
                ? await services.Grains.InboxPush(user).ReadStanding(sessionKey!)
                : new ConversationReply<Standing>(ConversationStatus.NotFound, null)));

    /// <summary>Has the user be online for as long as this client does not leave, wherever else the session is used.</summary>
    public Task ShowAsync(string sessionKey, string user) => services.Presence.LoggedInAsync(this, sessionKey, user);

    /// <summary>Tells the user's streams that the user has sent something to another; in a room, the room's log tells it.</summary>
    private void TellSent(LeasedSession session, string? user, OutgoingMessage message, EntryPlace place)
    {
        var isHere = services.Streams?.HasOf(user ?? "") == true;
        if (user is null || (!isHere && !session.HasStreams) || message.Recipient is [RoomName.Mark, ..]) return;
        var entry = new LogEntry(
            message.Id, place.LogId, place.Number, EntryKind.Message, null, user, "", place.AcceptedAt, message.Text);
        var notice = new UserNotice(
            user, NoticeKind.Sent, message.Recipient, place.LogId, place.Number, Entry: entry, SessionKey: session.Key,
            OnceId: message.OnceId);
        // The user's grain tells all gateways, this one too.
        if (session.HasStreams) TellLater(user, notice);
        else services.Streams!.Tell(notice);
    }

    // Nobody waits for it.
    private void TellLater(string user, UserNotice notice) => _ = TellAsync(user, notice);

    private async Task TellAsync(string user, UserNotice notice)
    {
        try
        {
            await services.Grains.InboxPush(user).Tell(notice);
        }
        catch (Exception exception)
        {
            LogRepeated(services.Logger, Id, exception.GetType().Name);
        }
    }
}
