using Microsoft.Extensions.Time.Testing;
using OrleansChat.GrainInterfaces;
using OrleansChat.Grains.Presence;

namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>
/// Clients who come, go, and use their tokens on any connection of three gateways; and who of them is truly online, against
/// the list. Everything follows from the seed.
/// </summary>
internal sealed partial class PresenceSimulation
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Users = [.. Enumerable.Range(0, 12).Select(i => $"user{i}")];

    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _events = new();
    private readonly List<SimulatedGateway> _gateways = [];
    private readonly List<SimulatedConnection> _connections = [];
    private readonly List<SimulatedSession> _sessions = [];
    private readonly Dictionary<string, TimeSpan> _lastOnline = Users.ToDictionary(u => u, _ => TimeSpan.Zero);
    private readonly Dictionary<string, TimeSpan> _lastNotMissing = Users.ToDictionary(u => u, _ => TimeSpan.Zero);
    private readonly DateTimeOffset _start;
    private PresenceBook _book;
    private long _ids;
    private bool _isTroubled;

    public PresenceSimulation(int seed)
    {
        Random = new Random(seed);
        _start = Time.GetUtcNow();
        _book = new PresenceBook(Guid.NewGuid(), Time);
        for (var i = 0; i < 3; i++) AddGateway();
    }

    public FakeTimeProvider Time { get; } = new();

    public Random Random { get; }

    public TimeSpan Now => Time.GetUtcNow() - _start;

    public string[] Listed => _book.Online();

    public IEnumerable<string> Online => _sessions.Where(s => s.IsOnline).Select(s => s.User).Distinct();

    /// <summary>At most how long somebody was listed after they had gone, and not listed while they were here.</summary>
    public (TimeSpan Ghost, TimeSpan Missing) Worst { get; private set; }

    /// <summary>Lets clients be busy for a while; troubles are lost and late reports, cut-off gateways, and deaths of one kind.</summary>
    public void Run(TimeSpan duration, Action? trouble)
    {
        _isTroubled = trouble is not null;
        for (var end = Now + duration; Now < end; Advance())
        {
            if (Random.Next(3) == 0) Act();
            if (Random.Next(50) == 0) trouble?.Invoke();
        }
        _isTroubled = false;
    }

    /// <summary>Nobody does anything, nothing gets lost, and time passes.</summary>
    public void Rest(TimeSpan duration)
    {
        for (var end = Now + duration; Now < end;) Advance();
    }

    public void RestOfSilence() => Rest(_gateways.Max(g => g.SilentUntil) - Now);

    public void CutOffGateway()
    {
        var gateway = Pick(_gateways);
        if (gateway.MayFallSilent && !_connections.Any(c => c.Gateway == gateway && c.IsWaiting))
            gateway.FallSilent(TimeSpan.FromSeconds(Random.Next(1, 50)));
    }

    public void RestartBook() => _book = new PresenceBook(Guid.NewGuid(), Time);

    public void KillGateway()
    {
        var gateway = Pick(_gateways);
        gateway.IsDead = true;
        _gateways.Remove(gateway);
        foreach (var connection in _connections.Where(c => c.Gateway == gateway)) connection.IsOpen = false;
        _connections.RemoveAll(c => !c.IsOpen);
        AddGateway();
    }

    public bool IsLost() => _isTroubled && Random.Next(20) == 0;

    public TimeSpan ReportDelay() => TimeSpan.FromMilliseconds(_isTroubled && Random.Next(20) == 0 ? Random.Next(6000) : Random.Next(200));

    public void After(TimeSpan delay, Action action) => _events.Enqueue(action, (Now + delay, ++_ids));

    /// <summary>Takes a report. While the sessions of a full one are looked up, other reports and logouts come in between.</summary>
    public void Deliver(PresenceReport report, Action<PresenceAnswer> answer)
    {
        var book = _book;
        if (!report.IsAll)
        {
            answer(book.Change(report));
            return;
        }
        var alive = _sessions.Where(s => s.IsAlive).Select(s => s.Key).ToHashSet();
        After(ReportDelay(), () =>
        {
            if (_book == book) answer(book.Replace(report, alive));
        });
    }

    private void Advance()
    {
        Time.Advance(Step);
        while (_events.TryPeek(out var action, out var due) && due.At <= Now)
        {
            _events.Dequeue();
            action();
        }
        foreach (var gateway in _gateways) gateway.Tick();
        if (Now.Milliseconds == 0) _book.ForgetSilent();
        foreach (var user in Users)
        {
            var isListed = Listed.Contains(user);
            if (Online.Contains(user)) _lastOnline[user] = Now;
            if (isListed || !_sessions.Any(s => s.IsAnswered && s.User == user)) _lastNotMissing[user] = Now;
            Worst = (isListed ? Max(Worst.Ghost, Now - _lastOnline[user]) : Worst.Ghost, Max(Worst.Missing, Now - _lastNotMissing[user]));
        }
    }

    private void Act()
    {
        var gateway = Pick(_gateways);
        var alive = _sessions.Where(s => s.IsAlive && s.IsKnown).ToList();
        var ready = _connections.Where(c => !c.IsWaiting).ToList();
        switch (Random.Next(20))
        {
            case 0 when !gateway.IsSilent:
                LogIn(Connect(gateway));
                break;
            case 1 or 2:
                Connect(gateway);
                break;
            case > 2 and < 8 when ready.Count > 0:
                Close(Pick(ready));
                break;
            case 8 when alive.Count > 12 && !gateway.IsSilent:
                LogOut(Pick(alive), gateway);
                break;
            case 9 when alive.Count > 0:
                Pick(alive).Reactivate();
                break;
            case > 9 when alive.Count > 0 && ready.Count > 0 && Pick(ready) is { Gateway.IsSilent: false } connection:
                Use(Pick(alive), connection);
                break;
        }
    }

    private void LogIn(SimulatedConnection connection)
    {
        var session = new SimulatedSession($"s:{++_ids}", Pick(Users), connection);
        _sessions.Add(session);
        Answer(connection, () =>
        {
            session.IsKnown = true;
            connection.Gateway.LoggedIn(connection, session);
        });
    }

    private void LogOut(SimulatedSession session, SimulatedGateway gateway)
    {
        session.IsAlive = false;
        if (IsLost()) return;
        _book.End(session.Key);
        After(AnswerDelay(), () => gateway.Ended(session));
    }

    private void Close(SimulatedConnection connection)
    {
        ReportLease(connection);
        connection.IsOpen = false;
        _connections.Remove(connection);
        connection.Gateway.Closed(connection);
    }

    private void Answer(SimulatedConnection connection, Action action)
    {
        connection.IsWaiting = true;
        After(AnswerDelay(), () =>
        {
            connection.IsWaiting = false;
            if (connection.IsOpen) action();
        });
    }

    private TimeSpan AnswerDelay() => TimeSpan.FromMilliseconds(Random.Next(10) == 0 ? Random.Next(3000) : Random.Next(100));

    private SimulatedConnection Connect(SimulatedGateway gateway)
    {
        var connection = new SimulatedConnection($"c{++_ids}", gateway);
        _connections.Add(connection);
        return connection;
    }

    private void AddGateway() => _gateways.Add(new SimulatedGateway($"g{++_ids}", this));

    private T Pick<T>(IReadOnlyList<T> from) => from[Random.Next(from.Count)];

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
