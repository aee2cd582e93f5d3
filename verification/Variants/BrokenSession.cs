using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Verification.Variants;

/// <summary>A session, with the fault of a <see cref="Variant"/>.</summary>
internal sealed class BrokenSession(string sessionKey, IChatGrains grains, Variant variant) : ISessionGrain
{
    private readonly ISessionGrain _session = grains.Session(sessionKey);

    public Task<LogInStatus> LogIn(string user, Secret password, string connection, string address) =>
        _session.LogIn(user, password, connection, address);

    public Task<SendReply> Send(OutgoingMessage[] messages, string connection) => _session.Send(messages, connection);

    public async Task<SendOnceReply> SendOnce(OutgoingMessage message, string connection)
    {
        if (variant != Variant.StoreRetryAgain) return await _session.SendOnce(message, connection);
        var reply = await _session.Send([message with { OnceId = null }], connection);
        return new SendOnceReply(reply.Session, reply.Statuses[0], message.Id, "flushed");
    }

    public async Task<ReadInboxReply> ReadInbox(long after, string connection)
    {
        var reply = await _session.ReadInbox(after, connection);
        if (variant == Variant.DrainBeforeReceipt && reply is { Session.User: { } user, Page: { Messages: [.., { } last] } page })
            await grains.User(user).MarkReceived(page.AccountId, last.Number);
        return reply;
    }

    public Task<ListUsersReply> ListUsers(string connection) => _session.ListUsers(connection);

    public async Task<string?> LogOut()
    {
        if (variant != Variant.AcceptLoggedOutToken) return await _session.LogOut();
        // Do everything that a logout does, except end the session itself.
        var user = (await _session.ListUsers(connection: "")).Session.User;
        if (user is not null) await grains.Presence().EndSession(sessionKey);
        return user;
    }

    public Task Revoke() => _session.Revoke();
}
