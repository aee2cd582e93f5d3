using OrleansChat.GrainInterfaces;

namespace OrleansChat.Verification.Variants;

/// <summary>
/// <see cref="Variant.ForgetEpoch"/>: after a gateway's first report no report counts as full, even if the grain asks for a full one.
/// A stopping gateway's last report, that it holds no sessions, still counts.
/// </summary>
internal sealed class ForgetfulPresence(IPresenceGrain presence) : IPresenceGrain
{
    public async Task<PresenceAnswer> Report(PresenceReport report)
    {
        var isAll = report.IsAll && (report.Number == 1 || report.Held.Length == 0);
        return await presence.Report(report with { IsAll = isAll }) with { ReportAll = false };
    }

    public Task EndSession(string sessionKey) => presence.EndSession(sessionKey);

    public Task<OnlineUsers> GetOnline() => presence.GetOnline();
}
