using OrleansChat.GrainInterfaces;

namespace OrleansChat.Verification.Variants;

/// <summary>
/// <see cref="Variant.UnreportedLease"/>: a use that no session's grain has counted does not reach presence; what was reported of the
/// session before is reported again in its place.
/// </summary>
internal sealed class UninformedPresence(IPresenceGrain presence, ForgottenUses uses) : IPresenceGrain
{
    public Task<PresenceAnswer> Report(PresenceReport report) =>
        presence.Report(report with { Held = Array.ConvertAll(report.Held, uses.WithoutLeased) });

    public Task EndSession(string sessionKey) => presence.EndSession(sessionKey);

    public Task<OnlineUsers> GetOnline() => presence.GetOnline();
}

/// <summary>The uses of which a gateway was told by the sessions' grains: the others took place under a lease.</summary>
internal sealed class ForgottenUses
{
    private readonly Lock _gate = new();
    private readonly HashSet<long> _told = [0];
    private readonly Dictionary<string, HeldSession> _reported = [];

    public void Told(SessionUse use)
    {
        lock (_gate) _told.Add(use.Number);
    }

    /// <summary>A report's entry as it was before any use under a lease.</summary>
    public HeldSession WithoutLeased(HeldSession held)
    {
        lock (_gate)
        {
            if (_told.Contains(held.UseNumber)) return _reported[held.SessionKey] = held;
            // A session that has left the gateway has left it.
            return _reported.TryGetValue(held.SessionKey, out var before)
                ? held with { AcceptedAt = held.AcceptedAt is null ? null : before.AcceptedAt, UseNumber = before.UseNumber }
                : held;
        }
    }
}
