using OrleansChat.Gateway;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Verification.Variants;

/// <summary>A session, with the fault of a <see cref="Variant"/>.</summary>
internal sealed class BrokenSession(ISessionGrain session, IChatGrains grains, Variant variant) : ISessionGrain
{
    public Task<LogInStatus> LogIn(string user, Secret password, string connection, string address) =>
        session.LogIn(user, password, connection, address);

    public Task<SendReply> Send(OutgoingMessage[] messages, string connection) => session.Send(messages, connection);

    public async Task<SendOnceReply> SendOnce(OutgoingMessage message, string connection)
    {
        if (variant != Variant.StoreRetryAgain) return await session.SendOnce(message, connection);
        var reply = await session.Send([message with { OnceId = null }], connection);
        return new SendOnceReply(reply.Session, reply.Statuses[0], message.Id, "flushed");
    }

    public async Task<ReadInboxReply> ReadInbox(long after, string connection)
    {
        var reply = await session.ReadInbox(after, connection);
        if (variant == Variant.DrainBeforeReceipt && reply is { Session.User: { } user, Page: { Messages: [.., { } last] } page })
            await grains.User(user).MarkReceived(page.AccountId, last.Number);
        return reply;
    }

    public Task<ListUsersReply> ListUsers(string connection) => session.ListUsers(connection);

    public async Task<string?> LogOut() => variant == Variant.AcceptLoggedOutToken
        ? (await session.ListUsers(connection: "")).Session.User
        : await session.LogOut();

    public Task Revoke() => session.Revoke();
}
