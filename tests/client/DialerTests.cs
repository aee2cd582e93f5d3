using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Tests;

/// <summary>A host of several addresses, of which some refuse and some say nothing.</summary>
public sealed class DialerTests : IDisposable
{
    private static readonly IPAddress _dead = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress _refusing = IPAddress.Parse("2001:db8::1");
    private static readonly IPAddress _good = IPAddress.Parse("192.0.2.2");

    private readonly FakeTimeProvider _time = new();
    private readonly List<IPAddress> _tried = [];
    private readonly Connection _connection = new();
    private CancellationToken _dials;

    public void Dispose() => _connection.Dispose();

    [Fact]
    public async Task A_dead_address_is_passed_over_after_a_moment_and_given_up_when_another_answers()
    {
        var dialing = DialAsync(_dead, _good);
        Assert.Equal([_dead], _tried);
        _time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Equal([_dead], _tried);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Same(_connection, await dialing.WaitAsync(ScriptedServer.Safety));
        Assert.True(_dials.IsCancellationRequested);
        Assert.False(_connection.IsDisposed);
    }

    [Fact]
    public async Task An_address_that_refuses_is_passed_over_at_once() =>
        Assert.Same(_connection, await DialAsync(_refusing, _good).WaitAsync(ScriptedServer.Safety));

    [Fact]
    public async Task Where_every_address_refuses_the_first_refusal_is_told() =>
        Assert.Equal(
            SocketError.ConnectionRefused,
            (await Assert.ThrowsAsync<SocketException>(() => DialAsync(_refusing, _refusing))).SocketErrorCode);

    [Fact]
    public async Task A_connection_that_comes_too_late_is_closed()
    {
        var late = new TaskCompletionSource<Connection>();
        var dialing = Dialer.FirstAsync(
            [_dead, _good], (address, _) => address == _dead ? late.Task : Task.FromResult(_connection), _time, default);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Same(_connection, await dialing.WaitAsync(ScriptedServer.Safety));

        var second = new Connection();
        late.SetResult(second);
        await second.Disposed.WaitAsync(ScriptedServer.Safety);
    }

    [Fact]
    public async Task Who_does_not_want_to_wait_any_longer_does_not()
    {
        using var stop = new CancellationTokenSource();
        var dialing = Dialer.FirstAsync([_dead], OpenAsync, _time, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialing.WaitAsync(ScriptedServer.Safety));
    }

    [Fact]
    public void The_families_of_addresses_take_turns()
    {
        var second = IPAddress.Parse("2001:db8::2");
        Assert.Equal([_refusing, _dead, second, _good], Dialer.InTurns([_refusing, second, _dead, _good]));
    }

    private Task<Connection> DialAsync(params IPAddress[] addresses) =>
        Dialer.FirstAsync(addresses, OpenAsync, _time, CancellationToken.None);

    private async Task<Connection> OpenAsync(IPAddress address, CancellationToken cancellationToken)
    {
        _tried.Add(address);
        _dials = cancellationToken;
        if (address == _refusing)
            throw new SocketException((int)SocketError.ConnectionRefused);
        if (address == _dead)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        return _connection;
    }

    private sealed class Connection : IDisposable
    {
        private readonly TaskCompletionSource _disposed = new();

        public Task Disposed => _disposed.Task;

        public bool IsDisposed => Disposed.IsCompleted;

        public void Dispose() => _disposed.TrySetResult();
    }
}
