using OrleansChat.GrainInterfaces;
using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>
/// Sends numbered messages to one recipient, in batches, the next when the one before is acknowledged. What is not
/// acknowledged is repeated under the same ids, as a gateway does.
/// </summary>
internal sealed class Sender(string name, TestSession session, string recipient)
{
    private const int BatchSize = 3;

    private readonly Lock _gate = new();
    private readonly List<string> _acknowledged = [];
    private readonly List<(int Batches, TaskCompletionSource Reached)> _waiting = [];
    private readonly long _startedAt = Environment.TickCount64;
    private volatile bool _stopping;
    private Task _running = Task.CompletedTask;

    public string Name => name;

    /// <summary>The texts of the messages that were acknowledged, in this order. For after <see cref="StopAsync"/>.</summary>
    public IReadOnlyList<string> Acknowledged => _acknowledged;

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Waits until that number of further batches has been acknowledged.</summary>
    public async Task Progress(int batches)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
            _waiting.Add(((_acknowledged.Count / BatchSize) + batches, reached));
        // Where it fails, that is what there is to say.
        await (await Task.WhenAny(reached.Task, _running));
    }

    public Task StopAsync()
    {
        _stopping = true;
        return _running;
    }

    private async Task RunAsync()
    {
        for (var batch = 0; !_stopping; batch++)
        {
            var texts = Enumerable.Range(batch * BatchSize, BatchSize).Select(number => $"{name} {number}").ToArray();
            var messages = Array.ConvertAll(texts, text => ChatUsers.Message(recipient, text));
            while (!await TrySendAsync(messages))
                Assert.True(Environment.TickCount64 - _startedAt < Patience.Limit.TotalMilliseconds, "It goes on failing.");
            lock (_gate)
            {
                _acknowledged.AddRange(texts);
                foreach (var (batches, reached) in _waiting)
                    if (_acknowledged.Count >= batches * BatchSize) reached.TrySetResult();
            }
        }
    }

    private async Task<bool> TrySendAsync(OutgoingMessage[] messages)
    {
        try
        {
            var statuses = await session.SendAsync(messages);
            Assert.All(statuses, status => Assert.True(status is SendStatus.Sent or SendStatus.Unavailable));
            return statuses.All(status => status == SendStatus.Sent);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            return false;
        }
    }
}
