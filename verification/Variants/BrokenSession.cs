using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Verification.Variants;

/// <summary>A session, with the fault of a <see cref="Variant"/>.</summary>
internal sealed class BrokenSession(string sessionKey, IChatGrains grains, Variant variant, ForgottenUses uses) : ISessionGrain
{
    private readonly ISessionGrain _session = grains.Session(sessionKey);

    public Task<LogInStatus> LogIn(
        string user, Secret password, string connection, string address, PasswordRecall recall, bool hidesUsers, string door,
        string device) =>
        _session.LogIn(user, password, connection, address, recall, hidesUsers, door, device);

    public async ValueTask<SessionLease> Lease(string connection, int sends)
    {
        var lease = await _session.Lease(connection, sends);
        uses.Told(lease.Use);
        return variant == Variant.SpendLoanTwice ? lease with { Sends = 2 * lease.Sends } : lease;
    }

    public Task RecordUse(string connection, long number) =>
        variant == Variant.UnreportedLease ? Task.CompletedTask : _session.RecordUse(connection, number);

    public Task<bool> IsAlive() => variant == Variant.TellDeadSession ? Task.FromResult(true) : _session.IsAlive();

    public async Task<SendOnceReply> SendOnce(OutgoingMessage message, string connection, bool isPermitted)
    {
        if (variant != Variant.StoreRetryAgain)
        {
            var once = await _session.SendOnce(message, connection, isPermitted);
            uses.Told(once.Session);
            return once;
        }
        var lease = await _session.Lease(connection, sends: 1);
        if (lease.Use.User is null) return new SendOnceReply(default, SendStatus.NoSession, default, "");
        var (status, places, durability) = await grains.User(message.Recipient)
            .Append(new MailboxDelivery(sessionKey, [message with { OnceId = null }], lease.AccountId));
        return new SendOnceReply(lease.Use, status, message.Id, durability, places?[0]);
    }

    public async Task<ReadInboxReply> ReadInbox(InboxPositions after, string connection)
    {
        var reply = await _session.ReadInbox(after, connection);
        uses.Told(reply.Session);
        if (variant == Variant.DrainBeforeReceipt && reply is { Session.User: { } user, Page: { Messages: [.., { } last] } page })
            await grains.User(user).MarkReceived(page.AccountId, new InboxPositions(last.Number, []));
        return reply;
    }

    public async Task<ListUsersReply> ListUsers(string connection)
    {
        var reply = await _session.ListUsers(connection);
        uses.Told(reply.Session);
        return reply;
    }

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
