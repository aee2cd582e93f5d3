using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using OrleansChat.Gateway.Options;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>The connections and the budgets of one address, which all its connections share. Thread-safe.</summary>
/// <param name="limits">The limits; null for none.</param>
/// <param name="time">Measures the budgets' rates.</param>
[SuppressMessage("Reliability", "CA1001", Justification =
    "A semaphore whose wait handle is never used holds no resource, and connections that were reset may still wait for it.")]
internal sealed class ClientAddress(LimitOptions? limits, TimeProvider time)
{
    /// <summary>
    /// How many reads of one address run at the same time, out of 20 connections to PostgreSQL; further reads wait.
    /// </summary>
    internal const int MaxReads = 8;

    /// <summary>The burst: five minutes' worth of attempts, for many users behind one NAT.</summary>
    private const int AttemptsBurst = 5;

    private readonly Lock _gate = new();
    private readonly RateLimit? _logins = Attempts(limits, time), _tokens = Attempts(limits, time);
    private readonly RateLimit? _lines = limits is null ? null : new(limits.LinesPerSecond, limits.LinesPerSecond, time);

    private readonly SemaphoreSlim? _reads = limits is null ? null : new(MaxReads);

    /// <summary>Whether this address has limits; false with <c>--no-limits</c> and for unknown addresses.</summary>
    public bool IsLimited => limits is not null;

    /// <summary>How many connections it has open; only the table of connections sets this.</summary>
    public int Connections { get; set; }

    /// <summary>Whether it has no connection and full budgets, so that nothing is lost with it.</summary>
    public bool IsForgettable
    {
        get
        {
            lock (_gate)
            {
                return Connections == 0
                    && _logins is not { IsFull: false } && _tokens is not { IsFull: false } && _lines is not { IsFull: false };
            }
        }
    }

    /// <summary>Takes one login attempt; false when none is left for now.</summary>
    public bool TryLogIn()
    {
        lock (_gate) return _logins is null || _logins.Take(1) == 1;
    }

    /// <summary>Gives a login attempt back: the login was not tried after all.</summary>
    public void GiveBackLogin()
    {
        lock (_gate) _logins?.GiveBack(1);
    }

    /// <summary>Takes one attempt with a token that may turn out to be unknown; false when none is left for now.</summary>
    public bool TryToken()
    {
        lock (_gate) return _tokens is null || _tokens.Take(1) == 1;
    }

    /// <summary>Gives a token attempt back: the token was known, or its use was not tried.</summary>
    public void GiveBackToken()
    {
        lock (_gate) _tokens?.GiveBack(1);
    }

    /// <summary>Charges the address for answered lines.</summary>
    /// <returns>How long nothing more should be read from that connection.</returns>
    public TimeSpan Charge(double lines)
    {
        lock (_gate) return _lines?.Charge(lines) ?? TimeSpan.Zero;
    }

    /// <summary>
    /// Waits for one of the address's read turns, and then until the address has paid what it owes: many connections that each
    /// read at the same moment get no more than one connection that reads again and again.
    /// </summary>
    /// <returns>The turn; dispose of it when the read has ended.</returns>
    public async ValueTask<ReadTurn> TakeReadTurnAsync(CancellationToken cancellationToken)
    {
        if (_reads is null) return default;
        await _reads.WaitAsync(cancellationToken);
        var turn = new ReadTurn(_reads);
        try
        {
            if (Charge(0) is { Ticks: > 0 } wait) await Task.Delay(wait, time, cancellationToken);
            return turn;
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    /// <summary>The name that a peer is counted under: its IPv4 address, or its IPv6 /64 network, which is all one client's.</summary>
    public static string NameOf(EndPoint? peer)
    {
        if (peer is not IPEndPoint { Address: var address }) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || IPAddress.IsLoopback(address)) return address.ToString();
        Span<byte> network = stackalloc byte[16];
        address.TryWriteBytes(network, out _);
        network[8..].Clear();
        return $"{new IPAddress(network)}/64";
    }

    private static RateLimit? Attempts(LimitOptions? limits, TimeProvider time) =>
        limits is null ? null : new(limits.AttemptsPerMinute / 60.0, AttemptsBurst * limits.AttemptsPerMinute, time);

    /// <summary>A turn to read; ends when it is disposed of.</summary>
    public readonly struct ReadTurn(SemaphoreSlim? reads) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => reads?.Release();
    }
}
