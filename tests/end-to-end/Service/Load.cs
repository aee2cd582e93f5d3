using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Service;

/// <summary>
/// Users all write to each other at once, while something dies; afterwards it is reconciled what was
/// promised with what is there: invariants 1, 3 and 4.
/// </summary>
public sealed class Load : IDisposable
{
    private static readonly string[] DemoUsers = ["messi", "henderson", "lineker"];

    private readonly LoadConnection[] _connections;
    private readonly string[] _users;
    private readonly Task _running;

    private Load(LoadConnection[] connections, string[] users)
    {
        _users = users;
        _connections = connections;
        _running = Task.WhenAll(_connections.Select(connection => Task.Run(connection.RunAsync)));
    }

    /// <summary>How many sends were answered that the service is not available.</summary>
    public int Unavailable => _connections.Sum(connection => connection.Unavailable);

    /// <summary>The longest time for which a connection went without an acknowledgement.</summary>
    public TimeSpan LongestGap => _connections.Max(connection => connection.LongestGap);

    /// <summary>Opens the connections, logs in on each, and begins. By default the users are the demonstration's.</summary>
    public static async Task<Load> StartAsync(Func<Task<WireClient>> connect, int connections = 8, string[]? users = null)
    {
        users ??= DemoUsers;
        var opened = new List<LoadConnection>();
        for (var i = 0; i < connections; i++)
        {
            var user = users[i % users.Length];
            var client = await (await connect()).LogInAsync(user, ChatService.Password);
            opened.Add(new LoadConnection(client, user, $"c{i}", users));
        }
        return new Load([.. opened], users);
    }

    /// <summary>Waits until that number of further messages was acknowledged on every connection.</summary>
    public async Task AcknowledgedAsync(int more)
    {
        var goals = _connections.Select(connection => connection.Count + more).ToArray();
        var allReach = Eventually.SeesAsync(
            WireClient.Patience, Counts, counts => counts.Zip(goals).All(pair => pair.First >= pair.Second));
        // A connection that fails says more than that the goal was not reached.
        if (await Task.WhenAny(allReach, _running) == _running) await _running;
        await allReach;

        Task<int[]> Counts() => Task.FromResult(_connections.Select(connection => connection.Count).ToArray());
    }

    /// <summary>Ends the load in order: no reply is left out.</summary>
    public async Task StopAsync()
    {
        await Task.WhenAll(_connections.Select(connection => connection.StopAsync()));
        await EndedAsync();
    }

    /// <summary>Waits until every connection has ended.</summary>
    public Task EndedAsync() => _running.WaitAsync(WireClient.Patience);

    /// <summary>
    /// Reads all inboxes: every message that was acknowledged is there, once, in its sender's order; nothing is there
    /// that was not sent; and every token still opens its session.
    /// </summary>
    public async Task ReconcileAsync(Func<Task<WireClient>> connect)
    {
        foreach (var user in _users)
        {
            using var reader = await (await connect()).LogInAsync(user, ChatService.Password);
            var read = await ReadAllAsync(reader);
            Assert.Equal(read.Distinct(), read);
            Assert.Subset(_connections.SelectMany(connection => TextsTo(user, connection.Sent)).ToHashSet(), read.ToHashSet());
            foreach (var connection in _connections)
            {
                var acknowledged = TextsTo(user, connection.Acknowledged).ToHashSet();
                Assert.Equal(TextsTo(user, connection.Acknowledged), read.Where(acknowledged.Contains));
            }
        }
        using var resumed = await connect();
        foreach (var connection in _connections)
            Assert.Contains(connection.User, Replies.UsersIn(await resumed.AskAsync($"listuser {connection.Token}")));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
    }

    private static IEnumerable<string> TextsTo(string user, IEnumerable<LoadMessage> messages) =>
        messages.Where(message => message.Recipient == user).Select(message => message.Text);

    private static async Task<List<string>> ReadAllAsync(WireClient reader)
    {
        var read = new List<string>();
        while (Replies.TextsIn(await reader.AskAsync("inbox")) is { Length: > 0 } texts) read.AddRange(texts);
        return read;
    }
}
