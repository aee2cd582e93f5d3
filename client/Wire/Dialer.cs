using System.Net;
using System.Net.Sockets;

namespace OrleansChat.Client.Wire;

/// <summary>
/// Connects to a host that may have several addresses, some of them dead: the next address is tried as soon as the one before it has
/// failed or has not answered for a moment. The first to answer wins (RFC 8305, "Happy Eyeballs").
/// </summary>
internal static class Dialer
{
    // The RFC recommends 250 ms.
    private static readonly TimeSpan _headStart = TimeSpan.FromMilliseconds(250);

    /// <summary>A connected socket; throws <see cref="SocketException"/> if no address can be reached.</summary>
    public static async Task<Socket> ConnectAsync(string host, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        return await FirstAsync(InTurns(addresses), (to, stop) => OpenAsync(to, port, stop), time, cancellationToken);
    }

    /// <summary>The resolver's order, but alternating between IPv4 and IPv6: one of the two may be dead as a whole.</summary>
    internal static List<IPAddress> InTurns(IEnumerable<IPAddress> addresses) =>
        [.. addresses.GroupBy(address => address.AddressFamily)
            .SelectMany(family => family.Select((address, turn) => (address, turn)))
            .OrderBy(address => address.turn).Select(address => address.address)];

    /// <summary>The result for the first address that can be opened; throws the first failure if none can.</summary>
    internal static async Task<T> FirstAsync<T>(
        IReadOnlyList<IPAddress> addresses, Func<IPAddress, CancellationToken, Task<T>> open, TimeProvider time,
        CancellationToken cancellationToken)
        where T : class, IDisposable
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var attempts = new List<Task<T>>();
        Exception failure = new SocketException((int)SocketError.HostNotFound);
        try
        {
            for (var (next, failed) = (0, 0); failed < addresses.Count;)
            {
                if (next < addresses.Count)
                    attempts.Add(open(addresses[next++], stop.Token));
                var wait = Task.Delay(next < addresses.Count ? _headStart : Timeout.InfiniteTimeSpan, time, stop.Token);
                var ended = await Task.WhenAny([.. attempts, wait]);
                cancellationToken.ThrowIfCancellationRequested();
                if (ended is not Task<T> attempt)
                    continue;
                attempts.Remove(attempt);
                if (attempt.IsCompletedSuccessfully)
                    return await attempt;
                failure = failed++ == 0 ? attempt.Exception!.InnerException! : failure;
            }
            throw failure;
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var late in attempts)
                _ = late.ContinueWith(
                    opened => opened.Result.Dispose(), CancellationToken.None,
                    TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        }
    }

    private static async Task<Socket> OpenAsync(IPAddress address, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
