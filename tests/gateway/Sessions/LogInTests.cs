using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>Logins with passwords that are remembered, and others, which wait for their hashes.</summary>
public sealed class LogInTests
{
    private const int HashesAtOnce = 8;

    private readonly FakeTimeProvider _time = new();
    private readonly GatewayServices _services;
    private readonly TaskCompletionSource<LogInStatus> _hashed = new();
    private PasswordRecall _recall;
    private int _recalls;
    private int _logIns;

    public LogInTests() => _services = TestConnection.Services(time: _time, grains: new Grains(this));

    [Fact]
    public async Task Who_is_remembered_waits_for_no_hash()
    {
        var hashing = Enumerable.Range(0, HashesAtOnce).Select(_ => LogInAsync()).ToList();
        var waiting = LogInAsync();
        Assert.Equal(HashesAtOnce, _logIns);

        _recall = PasswordRecall.Right;
        Assert.True((await LogInAsync()).TryGet(out _, out _));
        Assert.All([.. hashing, waiting], task => Assert.False(task.IsCompleted));

        _hashed.SetResult(LogInStatus.LoggedIn);
        Assert.All(await Task.WhenAll([.. hashing, waiting]), outcome => Assert.True(outcome.TryGet(out _, out _)));
        Assert.Equal(HashesAtOnce + 2, _logIns);
    }

    [Fact]
    public async Task Who_has_guessed_too_often_is_refused_without_a_turn()
    {
        _recall = PasswordRecall.TooManyAttempts;
        Assert.False((await LogInAsync()).TryGet(out _, out var refusal));
        Assert.Equal(Refusal.TooMany, refusal);
        Assert.Equal(0, _logIns);
    }

    [Fact]
    public async Task After_many_guesses_all_passwords_are_hashed_for_a_while()
    {
        _hashed.SetResult(LogInStatus.WrongPassword);
        _recall = PasswordRecall.Other;
        for (var i = 0; i < 100; i++) await LogInAsync();
        Assert.Equal((100, 100), (_recalls, _logIns));

        _time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 11; i++) await LogInAsync();
        Assert.Equal((110, 111), (_recalls, _logIns));
    }

    [Fact]
    public async Task What_is_remembered_is_no_guess()
    {
        _recall = PasswordRecall.Right;
        for (var i = 0; i < 150; i++) await LogInAsync();
        Assert.Equal(150, _recalls);
    }

    /// <summary>Logs in from an address of its own, on a connection that has gone when presence would be told.</summary>
    private Task<Outcome<string>> LogInAsync()
    {
        var pipe = new Pipe();
        var address = new ClientAddress(new LimitOptions(), _time);
        var client = new ClientConnection(TestConnection.Over(pipe.Reader, pipe.Writer), $"address-{_recalls}", address, null, _time);
        var session = new ClientSession("client", client, () => false, _services, CancellationToken.None);
        session.Leave();
        return session.LogInAsync("anna", new Secret("password"));
    }

    private sealed class Grains(LogInTests test) : UnaskedGrains
    {
        public override ISessionGrain Session(string sessionKey) => FakeGrain.Answering<ISessionGrain>((method, arguments) =>
        {
            Assert.Equal(nameof(ISessionGrain.LogIn), method.Name);
            test._logIns++;
            return arguments[4] is PasswordRecall.Right ? Task.FromResult(LogInStatus.LoggedIn) : test._hashed.Task;
        });

        public override IUserGrain User(string userName) => FakeGrain.Answering<IUserGrain>((method, _) =>
        {
            Assert.Equal(nameof(IUserGrain.Recall), method.Name);
            test._recalls++;
            return new ValueTask<PasswordRecall>(test._recall);
        });
    }
}
