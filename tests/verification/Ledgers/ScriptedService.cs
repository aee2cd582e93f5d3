using System.Text;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Verification.Clients;
using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Tests.Ledgers;

/// <summary>A service that answers each line with what the test says, true or not, and the clients of a ledger that believe it.</summary>
internal sealed class ScriptedService : IWires
{
    public const string Sent = """{"status": "OK", "message": "Message Sent"}""";
    public const string NotFound = """{"status": "ERROR", "message": "Informasi tidak ditemukan"}""";
    public const string Unavailable = """{"status": "ERROR", "message": "Layanan Sedang Tidak Tersedia"}""";
    private static readonly ActorOptions Patience = new() { Timeout = TimeSpan.FromMinutes(1) };
    private readonly Queue<string?> _replies = [];
    private int _tokens;

    public ScriptedService() => Ledger = new Ledger(Time);

    public FakeTimeProvider Time { get; } = new();

    public Ledger Ledger { get; }

    public int Gateways => 2;

    public Task<IWire> ConnectAsync(int gateway) => Task.FromResult<IWire>(new ScriptedWire(this));

    /// <summary>The replies to the next lines; null breaks the connection instead.</summary>
    public ScriptedService Says(params string?[] replies)
    {
        foreach (var reply in replies) _replies.Enqueue(reply);
        return this;
    }

    /// <summary>A client that is logged in.</summary>
    public async Task<ChatActor> ComesAsync(string user, int gateway = 0)
    {
        var actor = new ChatActor(this, Ledger, Time, new ChatUser(user, "password"), $"{user}-client", Patience);
        await actor.ConnectAsync(gateway);
        Says(LoggedIn());
        await actor.LogInAsync();
        return actor;
    }

    /// <summary>A login's reply, with a new token.</summary>
    public string LoggedIn() => $$"""{"status": "OK", "tokenid": "{{new Guid(++_tokens, 0, 0, new byte[8])}}"}""";

    public UserEntry User(string name) => Ledger.User(name);

    /// <summary>An inbox with these messages of one sender: the number of the stream and of the message in it.</summary>
    public static string Inbox(string sender, params (int Stream, int Sequence)[] messages)
    {
        var shown = messages.Select(m => $$"""{"msg_from": "A", "msg_to": "B", "msg": " v1 {{m.Stream}} {{m.Sequence}}\r\n"}""");
        var senders = messages.Length == 0 ? "" : $"\"{sender}\": [{string.Join(", ", shown)}]";
        return $$"""{"status": "OK", "messages": { {{senders}} } }""";
    }

    public static string Users(params string[] names) =>
        $$"""{"status": "OK", "user": [{{string.Join(", ", names.Select(name => $"\"{name}\""))}}]}""";

    public static string LoggedOut(string user) => $$"""{"status": "OK", "messages": "User {{user}} berhasil Logout"}""";

    public static string Receipt(int id) =>
        $$"""{"status": "OK", "message": "Message Sent", "id": "{{new Guid(id, 0, 0, new byte[8])}}", "durability": "flushed"}""";

    /// <summary>Nothing was found.</summary>
    public void IsBelieved()
    {
        Assert.Empty(Ledger.Violations.Select(violation => $"{violation.Invariant}: {violation.What}"));
        Assert.False(Ledger.Violated.IsCompleted);
    }

    /// <summary>One lie was found, of this invariant, and its history tells of it.</summary>
    public void IsCaught(string invariant)
    {
        Assert.True(Ledger.Violated.IsCompleted);
        var violation = Assert.Single(Ledger.Violations);
        Assert.Equal(invariant, violation.Invariant);
        Assert.NotEmpty(violation.History);
        Assert.Equal(1, Ledger.Statistics.Violations[invariant]);
    }

    private sealed class ScriptedWire(ScriptedService service) : IWire
    {
        private int _asked;

        public Task WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            _asked += Encoding.UTF8.GetString(bytes.Span).Count(c => c == '\n');
            return Task.CompletedTask;
        }

        public Task<string?> ReadReplyAsync()
        {
            // Nothing comes unasked.
            if (_asked-- <= 0) return Task.FromResult<string?>(null);
            return service._replies.Dequeue() is { } reply
                ? Task.FromResult<string?>(reply)
                : Task.FromException<string?>(new WireBrokenException());
        }

        public void EndWriting() { }

        public void Reset() { }

        public void Vanish() { }
    }
}
