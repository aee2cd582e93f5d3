using System.Net;
using System.Net.Sockets;

namespace OrleansChat.Client.Wire;

/// <summary>
/// Connects to a host that may have several addresses, of which some may be dead: each next one is tried too when those before it have
/// failed, or have said nothing for a moment. The first that answers is taken (RFC 8305, "Happy Eyeballs").
/// </summary>
internal static class Dialer
{
    // The standard's figure.
    private static readonly TimeSpan _headStart = TimeSpan.FromMilliseconds(250);

    /// <summary>A connected socket; <see cref="SocketException"/> where no address can be reached.</summary>
    public static async Task<Socket> ConnectAsync(string host, int port, TimeProvider time, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var address) ? [address] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        return await FirstAsync(InTurns(addresses), (to, stop) => OpenAsync(to, port, stop), time, cancellationToken);
    }

    /// <summary>The resolver's order, but the two families of addresses by turns: one of them may be dead as a whole.</summary>
    internal static List<IPAddress> InTurns(IEnumerable<IPAddress> addresses) =>
        [.. addresses.GroupBy(address => address.AddressFamily)
            .SelectMany(family => family.Select((address, turn) => (address, turn)))
            .OrderBy(address => address.turn).Select(address => address.address)];

    /// <summary>What opening the first address that can be opened gives; the first failure where none can.</summary>
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
