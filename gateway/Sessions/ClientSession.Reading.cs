using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions;

internal sealed partial class ClientSession
{
    /// <summary>The extra cost, in lines, of reading the inbox or who is online: both ask a grain and PostgreSQL.</summary>
    internal const double LinesPerRead = 4;

    /// <summary>Reads unread messages. They stay unread until <see cref="AcknowledgeAsync"/>.</summary>
    /// <param name="sessionKey">The key of the session that reads.</param>
    /// <param name="after">Only messages behind these positions are read; the beginning while the session's account is unknown.</param>
    /// <param name="handedOver">
    /// Tells how far messages of an account were handed over to this client: another session of the same user may have received messages
    /// after <paramref name="after"/>.
    /// </param>
    public Task<Outcome<Inbox>> ReadInboxAsync(string? sessionKey, InboxPositions after, Func<long, InboxPositions> handedOver) =>
        ReadAsync<Inbox>(sessionKey, async grain =>
        {
            while (true)
            {
                var reply = await RepeatAsync(_ => grain.ReadInbox(after, Id));
                await UsedAsync(sessionKey!, reply.Session);
                if (reply is not { Session.User: { } user, Page: { } page }) return Refusal.NoSession;
                var positions = handedOver(page.AccountId);
                if (after.Covers(positions)) return new Inbox(user, page);
                after = positions;
            }
        });

    /// <summary>Asks who is online; the list includes the user who asks.</summary>
    public Task<Outcome<string[]>> ListUsersAsync(string? sessionKey) => ReadAsync<string[]>(sessionKey, async grain =>
    {
        var reply = await RepeatAsync(_ => grain.ListUsers(Id));
        var isNews = await UsedAsync(sessionKey!, reply.Session);
        if (reply is not { Session.User: { } user, Users: { } users }) return Refusal.NoSession;
        // Presence learned of this session after it was asked: its user came online last.
        return isNews && !users.Contains(user) ? [.. users, user] : users;
    });

    /// <summary>Removes the messages up to these positions from an inbox: a client of this user has shown that it received them.</summary>
    /// <returns>Why that may not be done; mostly null.</returns>
    public async ValueTask<Refusal?> AcknowledgeAsync(string user, long accountId, InboxPositions positions)
    {
        try
        {
            return await RepeatAsync(async _ =>
            {
                await services.Grains.User(user).MarkReceived(accountId, positions);
                return default(Refusal?);
            });
        }
        catch (Exception exception)
        {
            return Failed(exception);
        }
    }

    /// <summary>Asks a session's grain in one of the address's read turns, after the address has paid what it owes.</summary>
    private Task<Outcome<T>> ReadAsync<T>(string? sessionKey, Func<ISessionGrain, Task<Outcome<T>>> read)
        where T : class =>
        SettleAsync(async () =>
        {
            if (isGone()) return Refusal.ClientGone;
            using var turn = await client.Address.TakeReadTurnAsync(stopping);
            client.Address.Charge(LinesPerRead);
            if (isGone()) return Refusal.ClientGone;
            return await AdmitAsync(sessionKey) is { } refusal ? refusal : await read(SessionOf(sessionKey!).Grain);
        });
}

/// <summary>A part of an inbox, and whose it is.</summary>
internal sealed record Inbox(string User, InboxPage Page);
