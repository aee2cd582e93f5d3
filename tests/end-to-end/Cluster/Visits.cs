using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Cluster;

/// <summary>
/// A user who comes and goes on one connection, over and over, and uses every command; a reply that is not the right one fails it.
/// </summary>
internal sealed class Visits(WireClient client, string user) : IDisposable
{
    private volatile bool _isEnding;
    private int _count;

    /// <summary>How many visits were completed.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Runs until told to end.</summary>
    public async Task RunAsync()
    {
        while (!_isEnding)
        {
            await client.LogInAsync(user, ChatService.Password);
            Assert.Contains(user, Replies.UsersIn(await client.AskAsync("listuser")));
            var receipt = await client.AskAsync($"sendonce {client.Token} visit{_count} {user} text{_count}");
            Assert.StartsWith("""{"status": "OK", """, receipt, StringComparison.Ordinal);
            Assert.Equal(receipt, await client.AskAsync($"sendonce {client.Token} visit{_count} {user} text{_count}"));
            Assert.Equal([$"text{_count}"], Replies.TextsIn(await client.AskAsync("inbox")));
            Assert.Equal(Replies.EmptyInbox, await client.AskAsync("inbox"));
            Assert.Equal(Replies.LoggedOut(user), await client.AskAsync("logout"));
            Interlocked.Increment(ref _count);
        }
    }

    /// <summary>Lets the visit under way be the last.</summary>
    public void End() => _isEnding = true;

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();
}
