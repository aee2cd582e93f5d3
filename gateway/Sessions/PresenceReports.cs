using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Sessions;

/// <summary>
/// Makes a gateway's reports to presence, and takes the answers. Not thread-safe. Take the answer to a report, or its loss, before you
/// make the next one.
/// </summary>
internal sealed class PresenceReports(string gateway, TimeProvider time)
{
    private Guid _epoch;
    private long _noticesSeen;
    private long _number;
    private long _reportedAllAt;

    /// <summary>The gateway's name in its reports.</summary>
    public string Gateway => gateway;

    /// <summary>The sessions that are reported.</summary>
    public HeldSessions Held { get; } = new(time);

    /// <summary>Whether the next report holds everything: it is the first, follows a lost one, or the grain asks for it.</summary>
    public bool MustReportAll { get; private set; } = true;

    /// <summary>Makes the next report: of the changes, or of everything.</summary>
    public PresenceReport Next()
    {
        if (time.GetElapsedTime(_reportedAllAt) >= PresenceLease.ReportAllEvery) MustReportAll = true;
        if (MustReportAll) _reportedAllAt = time.GetTimestamp();
        var (sessions, dropped) = MustReportAll ? (Held.All(), []) : Held.TakeChanges();
        return Report(MustReportAll, sessions, dropped);
    }

    /// <summary>Makes the last report of a gateway that stops: it holds no session.</summary>
    public PresenceReport Farewell() => Report(isAll: true, [], []);

    /// <summary>Takes the answer to a report; null if there was none.</summary>
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
