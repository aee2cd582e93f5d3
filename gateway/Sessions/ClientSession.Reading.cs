using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions;

internal sealed partial class ClientSession
{
    /// <summary>How many lines more than another one asking a grain and PostgreSQL costs: for the inbox, or for who is online.</summary>
    internal const double LinesPerRead = 4;

    /// <summary>Reads unread messages. They stay unread until <see cref="AcknowledgeAsync"/>.</summary>
    /// <param name="sessionKey">The session.</param>
    /// <param name="after">The number after which they are wanted, as far as it is known whose session it is.</param>
    /// <param name="handedOver">
    /// Up to which number messages of an account were handed over to this client before: another session of the same user may
    /// have been handed more than <paramref name="after"/>.
    /// </param>
    public Task<Outcome<Inbox>> ReadInboxAsync(string? sessionKey, long after, Func<long, long> handedOver) =>
        ReadAsync<Inbox>(sessionKey, async grain =>
        {
            while (true)
            {
                var reply = await RepeatAsync(_ => grain.ReadInbox(after, Id));
                await UsedAsync(sessionKey!, reply.Session);
                if (reply is not { Session.User: { } user, Page: { } page }) return Refusal.NoSession;
                var position = handedOver(page.AccountId);
                if (position <= after) return new Inbox(user, page);
                after = position;
            }
        });

    /// <summary>Asks who is online; who asks is among them.</summary>
    public Task<Outcome<string[]>> ListUsersAsync(string? sessionKey) => ReadAsync<string[]>(sessionKey, async grain =>
    {
        var reply = await Ask();
        // Presence learned of it only now.
        if (await UsedAsync(sessionKey!, reply.Session)) await UsedAsync(sessionKey!, (reply = await Ask()).Session);
        return reply.Users is { } users ? users : Refusal.NoSession;

        Task<ListUsersReply> Ask() => RepeatAsync(_ => grain.ListUsers(Id));
    });

    /// <summary>A client of this user has shown that it received the messages of an account up to a number: they leave the inbox.</summary>
    /// <returns>Why it is not known to be done; mostly null.</returns>
    public async ValueTask<Refusal?> AcknowledgeAsync(string user, long accountId, long number)
    {
        try
        {
            return await RepeatAsync(async _ =>
            {
                await services.Grains.User(user).MarkReceived(accountId, number);
                return default(Refusal?);
            });
        }
        catch (Exception exception)
        {
            return Failed(exception);
        }
    }

    /// <summary>Asks a session's grain in one of the address's turns, once what the address owes is paid.</summary>
    private Task<Outcome<T>> ReadAsync<T>(string? sessionKey, Func<ISessionGrain, Task<Outcome<T>>> read)
        where T : class =>
        SettleAsync(async () =>
        {
            if (isGone()) return Refusal.ClientGone;
            using var turn = await client.Address.TakeReadTurnAsync(stopping);
            client.Address.Charge(LinesPerRead);
            if (isGone()) return Refusal.ClientGone;
            return await AdmitAsync(sessionKey) is { } refusal ? refusal : await read(GrainOf(sessionKey!));
        });
}

/// <summary>A part of an inbox, and whose it is.</summary>
internal sealed record Inbox(string User, InboxPage Page);
