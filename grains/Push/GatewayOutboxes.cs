using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces.Push;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Push;

namespace OrleansChat.Grains.Push;

/// <summary>
/// The ways from this silo to all gateways, and what reads for them: gateways renew thousands of attachments, and those that come while one
/// statement runs share the next. Thread-safe.
/// </summary>
public sealed partial class GatewayOutboxes(ILogTails tails, TimeProvider time, ILogger<GatewayOutboxes> logger)
{
    /// <summary>What one answer to a gateway holds of a log: what the gateway keeps of it.</summary>
    private const int MaxEntries = 64, MaxBytes = 64 << 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, GatewayOutbox> _outboxes = [];
    private readonly GroupedReads<LogNumber, LogTail> _ones = new(logs => tails.ReadAsync(logs, MaxEntries, MaxBytes));
    private readonly GroupedReads<long, IReadOnlyList<LogNumber>> _memberships = new(async accounts =>
    {
        var rooms = await tails.ReadMembershipsAsync(accounts);
        return [.. accounts.Select(account => rooms[account].ToList())];
    });

    /// <summary>Names this silo process; each start has a new name.</summary>
    internal string Silo { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The way to a gateway; another one where the last was lost.</summary>
    internal GatewayOutbox Of(string gateway, IGatewayObserver observer)
    {
        lock (_gate)
        {
            if (!_outboxes.TryGetValue(gateway, out var outbox) || outbox.IsLost)
                _outboxes[gateway] = outbox = new GatewayOutbox(observer, this, time);
            return outbox;
        }
    }

    /// <summary>Reads what follows numbers of logs.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    internal Task<IReadOnlyList<LogTail>> ReadAsync(IReadOnlyList<LogNumber> logs, int entries, long bytes) =>
        tails.ReadAsync(logs, entries, bytes);

    /// <summary>Reads what follows a number of a log, together with others.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    internal Task<LogTail> ReadOneAsync(long log, long number) => _ones.ReadAsync(new LogNumber(log, number));

    /// <summary>Reads which rooms an account is in, together with others.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    internal Task<IReadOnlyList<LogNumber>> ReadMembershipsAsync(long account) => _memberships.ReadAsync(account);

    /// <summary>Reads where all logs of a session's owner end.</summary>
    /// <exception cref="StorageUnavailableException">The database did not answer.</exception>
    internal Task<Answer<StoredStanding>> ReadStandingAsync(string sessionKey) => tails.ReadStandingAsync(sessionKey);

    /// <summary>Forgets a gateway that has not taken a call.</summary>
    internal void Lost(GatewayOutbox outbox, Exception exception)
    {
        Forget(outbox);
        LogLost(exception.GetType().Name, exception);
    }

    /// <summary>Forgets a gateway that is not attached any more.</summary>
    internal void Forget(GatewayOutbox outbox)
    {
        lock (_gate)
        {
            foreach (var (gateway, known) in _outboxes)
                if (known == outbox) _outboxes.Remove(gateway);
        }
    }

    [LoggerMessage(4020, LogLevel.Warning,
        "Telling a gateway what has arrived failed with {Reason}; it hears nothing from this silo until it renews, within 16 s.")]
    private partial void LogLost(string reason, Exception exception);
}
