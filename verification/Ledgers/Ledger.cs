namespace OrleansChat.Verification.Ledgers;

internal sealed class Ledger(TimeProvider time, string tag = "v1")
{
    private readonly Lock _gate = new();
    private readonly List<Violation> _violations = [];
    public TimeProvider Time { get; } = time;
    public string Tag { get; } = tag;
    public IReadOnlyList<Violation> Violations { get { lock (_gate) return [.. _violations]; } }
    public LedgerStatistics Statistics => throw new NotSupportedException(_violations.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
    public void ProcessDied(string what) => Record(what);
    public void ProcessFrozen(string what) => Record(what);
    public void ProcessResumed(string what) => Record(what);
    public void GatewayDied(int gateway) => Record($"gateway {gateway}");
    public void GatewayFrozen(int gateway) => Record($"gateway {gateway}");
    public void GatewayResumed(int gateway) => Record($"gateway {gateway}");
    public Task<TimeSpan> NextAcknowledgementAsync() { Record(""); return Task.FromResult(TimeSpan.Zero); }
    public void Finish() => Record("");
    private void Record(string what) { lock (_gate) _violations.Capacity = Math.Max(_violations.Capacity, what.Length); }
}
