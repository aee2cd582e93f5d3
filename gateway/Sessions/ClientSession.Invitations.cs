using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Sessions;

// Invitations, to the service and into rooms: see IAccountGrain.
internal sealed partial class ClientSession
{
    /// <summary>Makes an invitation to register, or into a room.</summary>
    /// <param name="sessionKey">The key of the session that asks.</param>
    /// <param name="uses">How many may use it.</param>
    /// <param name="expiresAt">When it expires; null for the usual time.</param>
    /// <param name="room">The name of the room; null for none.</param>
    public async Task<Outcome<Invitation>> InviteAsync(string? sessionKey, int uses, DateTimeOffset? expiresAt, string? room = null)
    {
        var code = SecretCode.New();
        var digest = SecretCode.DigestOf(code);
        var until = default(DateTimeOffset);
        var outcome = await ChangeAccountAsync(
            sessionKey,
            async grain =>
            {
                (var status, until) = room is null
                    ? await grain.Invite(sessionKey!, digest, uses, expiresAt)
                    : await grain.InviteIntoRoom(sessionKey!, digest, uses, expiresAt, room);
                return status;
            },
            hashes: false);
        return outcome.TryGet(out _, out var refusal) ? new Invitation(code, uses, until) : refusal;
    }

    /// <summary>Joins the room that an invitation is into. It costs what a send costs.</summary>
    /// <returns>The room, and the number of the entry with which the session's owner joined.</returns>
    public async Task<Outcome<RedemptionReply>> RedeemAsync(string? sessionKey, string code)
    {
        var (digest, id) = (SecretCode.DigestOf(code), MessageId.New(services.Time.GetUtcNow()));
        var outcome = await AskAccountAsync<RedemptionReply>(
            sessionKey,
            async grain =>
            {
                var reply = await grain.Redeem(sessionKey!, digest, id);
                return new(
                    reply.Status switch
                    {
                        AccountStatus.Unavailable => ConversationStatus.Unavailable,
                        AccountStatus.NoSession => ConversationStatus.NoSession,
                        _ => ConversationStatus.Answered,
                    },
                    reply);
            },
            Commit);
        return outcome.TryGet(out var redeemed, out _) && Refusals.Of(redeemed.Status) is { } refused ? refused : outcome;
    }
}

/// <summary>An invitation.</summary>
/// <param name="Code">What opens it; shown once.</param>
/// <param name="Uses">How many may use it.</param>
/// <param name="ExpiresAt">When it expires.</param>
internal sealed record Invitation(string Code, int Uses, DateTimeOffset ExpiresAt)
{
    /// <summary>Says nothing of the code, wherever this may be logged.</summary>
    public override string ToString() => nameof(Invitation);
}
