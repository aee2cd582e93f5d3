using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>A gateway with its reports; the network between it and the presence book is the simulation's.</summary>
internal sealed class SimulatedGateway(string name, PresenceSimulation world)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private readonly PresenceReports _reports = new(
        name, new SkewedTime(world.Time) { Skew = TimeSpan.FromSeconds(world.Random.Next(-3600, 3600)) });
    private PresenceReport? _underWay;
    private long _sentAt;
    private bool _wasTaken;
    private bool _hasChanged;

    public TimeSpan SilentUntil { get; private set; } = TimeSpan.Zero;

    public bool IsDead { get; set; }

    public bool IsSilent => IsDead || world.Now < SilentUntil;

    /// <summary>May fall silent: nothing is on its way, and it was heard for a while after it was silent last.</summary>
    public bool MayFallSilent => _underWay is null && !_hasChanged && world.Now > SilentUntil + TimeSpan.FromSeconds(15);

    public void FallSilent(TimeSpan duration) => SilentUntil = world.Now + duration;

    public void LoggedIn(SimulatedConnection connection, SimulatedSession session) =>
        _hasChanged |= _reports.Held.LoggedIn(connection.Held, session.Key, session.User);

    public void Used(SimulatedConnection connection, SimulatedSession session, SessionUse use)
    {
        if (use.User is null) return;
        if (use.Moved || connection.Held.ReportedSession != session.Key) Accepted(connection, session, use);
        else _reports.Held.UsedAgain(connection.Held, session.Key, use.Number);
    }

    public void Accepted(SimulatedConnection connection, SimulatedSession session, SessionUse use) =>
        _hasChanged |= _reports.Held.Accepted(connection.Held, session.Key, use);

    public void Ended(SimulatedSession session) => _hasChanged |= _reports.Held.Ended(session.Key);

    public void Closed(SimulatedConnection connection) => _hasChanged |= _reports.Held.Closed(connection.Held);

    public void Tick()
    {
        if (IsDead) return;
        var waited = world.Time.GetElapsedTime(_sentAt);
        if (_underWay is { } lost)
        {
            if (waited >= AnswerTimeout) Answered(lost, null);
        }
        else if (_hasChanged || waited >= (_wasTaken ? PresenceLease.RenewEvery : TimeSpan.FromSeconds(1))) Send();
    }

    private void Send()
    {
        _hasChanged = false;
        _sentAt = world.Time.GetTimestamp();
        var report = _underWay = _reports.Next();
        if (IsSilent || world.IsLost()) return;
        world.After(world.ReportDelay(), () =>
        {
            if (world.Now < SilentUntil) return;
            world.Deliver(report, answer =>
            {
                if (world.IsLost()) return;
                world.After(world.ReportDelay(), () =>
                {
                    if (!IsSilent && _underWay == report) Answered(report, answer);
                });
            });
        });
    }

    private void Answered(PresenceReport report, PresenceAnswer? answer)
    {
        _underWay = null;
        _wasTaken = answer is not null;
        _sentAt = world.Time.GetTimestamp();
        _reports.Answered(report, answer);
        _hasChanged |= _reports.Held.HasChanges;
        if (_wasTaken && _reports.MustReportAll) Send();
    }
}

/// <summary>A client's connection; it waits for an answer before it says more, as a connection's commands do.</summary>
internal sealed class SimulatedConnection(string id, SimulatedGateway gateway)
{
    public ClientSession Held { get; } = IdleClient.Create(id);

    public SimulatedGateway Gateway { get; } = gateway;

    public bool IsOpen { get; set; } = true;

    public bool IsWaiting { get; set; }

    /// <summary>The session that is leased to it, the number of the use that leased it, and when that was answered.</summary>
    public (SimulatedSession Session, long Number, TimeSpan AnsweredAt)? Lease { get; set; }

    /// <summary>The last use under the lease of which presence has not heard.</summary>
    public SessionUse? Unreported { get; set; }
}

/// <summary>A session as its grain knows it, and where it really is.</summary>
internal sealed class SimulatedSession(string key, string user, SimulatedConnection login)
{
    private readonly SimulatedConnection _login = login;
    private SimulatedConnection? _acceptedOn;
    private SimulatedConnection? _last = login;
    private bool _wasAnswered;
    private long _lastUse;
    private TimeSpan _usedAt;

    public string Key => key;

    public string User => user;

    public bool IsAlive { get; set; } = true;

    public bool IsKnown { get; set; }

    /// <summary>Whether its user may be listed for it.</summary>
    public bool IsOnline => IsAlive && IsKnown && (_login.IsOpen || _acceptedOn is { IsOpen: true });

    /// <summary>Whether its user must be listed for it: they are told so from the answer on.</summary>
    public bool IsAnswered => IsOnline && (_login.IsOpen || _wasAnswered);

    /// <summary>Whether it is used elsewhere, too shortly before for an order of the two uses to be known.</summary>
    public bool IsBusyElsewhere(SimulatedConnection connection, TimeSpan now) =>
        _acceptedOn != connection && now - _usedAt < TimeSpan.FromMilliseconds(500);

    /// <summary>A use under a lease, of which the grain does not hear.</summary>
    public SessionUse UseLeased(SimulatedConnection connection, long number, TimeSpan now)
    {
        UsedOn(connection, now);
        return new SessionUse(user, Moved: false, number);
    }

    private void UsedOn(SimulatedConnection connection, TimeSpan now)
    {
        _wasAnswered &= _acceptedOn == connection;
        (_acceptedOn, _usedAt) = (connection, now);
    }

    public SessionUse Use(SimulatedConnection connection, TimeProvider time, TimeSpan now)
    {
        if (!IsAlive) return default;
        var moved = _last != connection;
        UsedOn(connection, now);
        _last = connection;
        _lastUse = Math.Max(_lastUse + 1, time.GetUtcNow().UtcTicks);
        return new SessionUse(user, moved, _lastUse);
    }

    public void Answered(SimulatedConnection connection) => _wasAnswered |= _acceptedOn == connection;

    /// <summary>The grain's next activation knows nothing of the one before.</summary>
    public void Reactivate() => (_last, _lastUse) = (null, 0);
}
