using OrleansChat.Verification.Ledgers;
using OrleansChat.Verification.Wires;

namespace OrleansChat.Verification.Clients;

internal sealed class ChatActor(IWires wires, Ledger ledger, ChatUser user, string name, ActorOptions options)
{
    public ChatUser User { get; } = user;
    public string Name { get; } = name;
    public bool IsConnected { get; private set; }
    public bool HasSession { get; private set; }
    public int Gateway { get; private set; }
    public Task ConnectAsync(int gateway) { Gateway = gateway % wires.Gateways; return Task.CompletedTask; }
    public Task LogInAsync() => Todo();
    public Task AdoptAsync(ChatActor other) => other.Todo();
    public Task SendAsync(params IReadOnlyList<string> recipients) => Todo();
    public Task SendOnceAsync(string recipient) => Todo();
    public Task RepeatOnceAsync(int which) => Todo();
    public Task ReadInboxAsync(InboxWay way) => Todo();
    public Task ListUsersAsync() => Todo();
    public Task LogOutAsync() => Todo();
    public Task LogOutWhileSendingAsync(string recipient) => Todo();
    public Task HalfLineThenResetAsync() => Todo();
    public Task EndAsync() => Todo();
    public void Reset() => IsConnected = false;
    public void Vanish() => IsConnected = false;
    private Task Todo() { HasSession = options.Timeout > TimeSpan.Zero && ledger.Violations.Count == 0; return Task.CompletedTask; }
}
