using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using OrleansChat.Gateway.Options;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>What one address has open, and what it may still ask for. All its connections share it; thread-safe.</summary>
/// <param name="limits">The limits; null for none.</param>
/// <param name="time">The clock.</param>
[SuppressMessage("Reliability", "CA1001", Justification =
    "A semaphore whose wait handle nobody asks for holds nothing; connections that were reset may still wait for it.")]
internal sealed class ClientAddress(LimitOptions? limits, TimeProvider time)
{
    /// <summary>
    /// So many of its reads are under way at once, of 20 connections to PostgreSQL: what comes together is answered one after the
    /// other.
    /// </summary>
    internal const int MaxReads = 8;

    /// <summary>So many minutes' worth of attempts may come at once: a school comes to work at eight.</summary>
    private const int AttemptsBurst = 5;

    private readonly Lock _gate = new();
    private readonly RateLimit? _logins = Attempts(limits, time), _tokens = Attempts(limits, time);
    private readonly RateLimit? _lines = limits is null ? null : new(limits.LinesPerSecond, limits.LinesPerSecond, time);

    private readonly SemaphoreSlim? _reads = limits is null ? null : new(MaxReads);

    /// <summary>Whether anything is limited.</summary>
    public bool IsLimited => limits is not null;

    /// <summary>Its open connections; the table's to count.</summary>
    public int Connections { get; set; }

    /// <summary>Whether there is nothing to remember of it.</summary>
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

    /// <summary>Takes one of its logins; false when there is none left for now.</summary>
    public bool TryLogIn()
    {
        lock (_gate) return _logins is null || _logins.Take(1) == 1;
    }

    /// <summary>The login was not tried after all.</summary>
    public void GiveBackLogin()
    {
        lock (_gate) _logins?.GiveBack(1);
    }

    /// <summary>Takes one of its tokens that may turn out to be unknown; false when there is none left for now.</summary>
    public bool TryToken()
    {
        lock (_gate) return _tokens is null || _tokens.Take(1) == 1;
    }

    /// <summary>The token was known.</summary>
    public void GiveBackToken()
    {
        lock (_gate) _tokens?.GiveBack(1);
    }

    /// <summary>Charges it with lines that were answered.</summary>
    /// <returns>How long no more of them should be read from that connection.</returns>
    public TimeSpan Charge(double lines)
    {
        lock (_gate) return _lines?.Charge(lines) ?? TimeSpan.Zero;
    }

    /// <summary>
    /// Waits for one of its turns to read, and in it until what the address owes is paid: many connections that each ask for
    /// much at the same moment have no more of it than one that asks again and again.
    /// </summary>
    /// <returns>The turn, to be disposed of when the read has ended.</returns>
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

    /// <summary>Whom a peer is counted with: a client has one IPv4 address, but a whole network of 64 bits in IPv6.</summary>
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

    /// <summary>A turn to read.</summary>
    public readonly struct ReadTurn(SemaphoreSlim? reads) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => reads?.Release();
    }
}
