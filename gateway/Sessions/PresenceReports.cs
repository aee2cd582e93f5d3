using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// What a gateway reports to presence, and what it makes of the answers. Not thread-safe; a report is answered or given up
/// before the next one is made.
/// </summary>
internal sealed class PresenceReports(string gateway, TimeProvider time)
{
    private Guid _epoch;
    private long _noticesSeen;
    private long _number;
    private long _reportedAllAt;

    /// <summary>Names the gateway.</summary>
    public string Gateway => gateway;

    /// <summary>What is reported.</summary>
    public HeldSessions Held { get; } = new(time);

    /// <summary>Whether the next report holds everything: the first, the one behind a lost one, or when the grain asks for it.</summary>
    public bool MustReportAll { get; private set; } = true;

    /// <summary>The next report: what changed, or everything.</summary>
    public PresenceReport Next()
    {
        if (time.GetElapsedTime(_reportedAllAt) >= PresenceLease.ReportAllEvery) MustReportAll = true;
        if (MustReportAll) _reportedAllAt = time.GetTimestamp();
        var (sessions, dropped) = MustReportAll ? (Held.All(), []) : Held.TakeChanges();
        return Report(MustReportAll, sessions, dropped);
    }

    /// <summary>The report of a gateway that stops: it holds nothing.</summary>
    public PresenceReport Farewell() => Report(isAll: true, [], []);

    /// <summary>Takes the answer to a report; null when there was none.</summary>
    public void Answered(PresenceReport report, PresenceAnswer? answer)
    {
        MustReportAll = answer is null || answer.ReportAll;
        if (answer is null) return;
        if (answer.Epoch != _epoch) (_epoch, _noticesSeen) = (answer.Epoch, 0);
        foreach (var notice in answer.Forget)
        {
            if (notice.Number <= _noticesSeen) continue;
            Held.Take(notice);
            _noticesSeen = notice.Number;
        }
        if (report.IsAll) Held.ForgetLeft();
    }

    private PresenceReport Report(bool isAll, HeldSession[] held, string[] dropped) => new()
    {
        Gateway = gateway,
        Epoch = _epoch,
        IsAll = isAll,
        Held = held,
        Dropped = dropped,
        NoticesSeen = _noticesSeen,
        Number = ++_number,
    };
}
