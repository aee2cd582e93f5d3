using System.Collections.Concurrent;

namespace OrleansChat.Hosts.Tests.Contract.Grains;

/// <summary>
/// What a test and the grain under test share: a log of what happened, and gates that hold the grain until the test opens
/// them. One a grain key; both hosts run in this process.
/// </summary>
public sealed class Probe
{
    private static readonly ConcurrentDictionary<string, Probe> Probes = new();

    private readonly Lock _gate = new();
    private readonly List<string> _log = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _signals = new();

    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_gate)
                return [.. _log];
        }
    }

    public static Probe For(string key) => Probes.GetOrAdd(key, _ => new Probe());

    public int Count(string what) => Log.Count(entry => entry == what);

    /// <summary>Notes that something happened.</summary>
    public void Note(string what)
    {
        int times;
        lock (_gate)
        {
            _log.Add(what);
            times = _log.Count(entry => entry == what);
        }

        Signal($"{what}#{times}").TrySetResult();
    }

    /// <summary>Waits until something was noted, for the n-th time.</summary>
    public Task Happened(string what, int times = 1) => Signal($"{what}#{times}").Task.WaitAsync(Patience.Limit);

    /// <summary>Waits until the test opens the gate.</summary>
    public Task Pass(string gate) => Signal($"gate {gate}").Task;

    /// <summary>Lets through all calls that wait at the gate, and all later ones.</summary>
    public void Open(string gate) => Signal($"gate {gate}").TrySetResult();

    private TaskCompletionSource Signal(string name)
        => _signals.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}

/// <summary>Turns a hang into a failure; no test's verdict is a matter of time.</summary>
public static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
}
