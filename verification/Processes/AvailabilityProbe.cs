using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Processes;

/// <summary>
/// A time during which a client that only wanted one acknowledgement got none, counted from the start of the run.
/// </summary>
internal sealed record Gap(TimeSpan Start, TimeSpan End)
{
    /// <summary>The duration of the gap.</summary>
    public TimeSpan Length => End - Start;
}

/// <summary>
/// A client that only sends, one message after the other, to itself, and reconnects when it must: the time between two
/// acknowledgements is how long the service was unavailable to it. The ledgers do not know it.
/// </summary>
internal sealed class AvailabilityProbe(IWires wires, TimeProvider time, ChatUser user, int gateway)
{
    private const int SendsBetweenReads = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25),
        ReconnectPause = TimeSpan.FromMilliseconds(20), Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Notable = TimeSpan.FromMilliseconds(200);

    private readonly List<Gap> _gaps = [];
    private string? _token;
    private int _sent;
    private TimeSpan _last;

    /// <summary>The gaps of more than 0.2 seconds.</summary>
    public IReadOnlyList<Gap> Gaps
    {
        get { lock (_gaps) return [.. _gaps]; }
    }

    /// <summary>Sends until it is told to stop; an acknowledgement that is missing at the end also makes a gap.</summary>
    public async Task RunAsync(long startedAt, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            IWire? wire = null;
            try
            {
                wire = await wires.ConnectAsync(gateway);
                while (!stop.IsCancellationRequested)
                {
                    if (_token is null && await LogInAsync(wire)) _last = time.GetElapsedTime(startedAt);
                    if (_token is not null && await SendAsync(wire)) Acknowledged(time.GetElapsedTime(startedAt));
                    await Task.Delay(Pause, time, CancellationToken.None);
                }
            }
            catch (Exception exception) when (exception is WireBrokenException or TimeoutException)
            {
                await Task.Delay(ReconnectPause, time, CancellationToken.None);
            }
            finally
            {
                wire?.Reset();
            }
        }
        Acknowledged(time.GetElapsedTime(startedAt));
    }

    private void Acknowledged(TimeSpan now)
    {
        if (_token is not null && now - _last > Notable) lock (_gaps) _gaps.Add(new Gap(_last, now));
        _last = now;
    }

    private async Task<bool> LogInAsync(IWire wire)
    {
        const string key = "\"tokenid\": \"";
        var reply = await AskAsync(wire, $"auth {user.Name} {user.Password}");
        var at = reply.IndexOf(key, StringComparison.Ordinal);
        if (at < 0) return false;
        _token = reply.Substring(at + key.Length, Guid.Empty.ToString().Length);
        return true;
    }

    private async Task<bool> SendAsync(IWire wire)
    {
        if (++_sent % SendsBetweenReads == 0) await AskAsync(wire, $"inbox {_token}");
        return (await AskAsync(wire, $"send {_token} {user.Name} probe {user.Name} {_sent}"))
            .Contains("Message Sent", StringComparison.Ordinal);
    }

    private async Task<string> AskAsync(IWire wire, string line)
    {
        await wire.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line + "\r\n"));
        return await wire.ReadReplyAsync().WaitAsync(Patience, time) ?? throw new WireBrokenException("ended");
    }
}
