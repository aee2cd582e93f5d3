using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>A send whose session has ended under its lease costs its address; one that the service does not answer costs nothing.</summary>
public sealed class DeadSendTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LeasingGrains _grains;
    private readonly ClientAddress _address;
    private readonly ClientSession _client;

    public DeadSendTests()
    {
        _grains = new LeasingGrains(_time, _time.Advance);
        _address = new ClientAddress(new LimitOptions { LinesPerSecond = 1 }, _time);
        var pipe = new Pipe();
        var connection = new ClientConnection(TestConnection.Over(pipe.Reader, pipe.Writer), "address", _address, null, _time);
        _client = new ClientSession("1", connection, () => false, TestConnection.Services(grains: _grains, time: _time), default);
        // Presence does not run here, and is told nothing of a client that has gone.
        _client.Leave();
    }

    [Fact]
    public async Task A_send_that_a_statement_refuses_for_its_dead_session_costs_a_thousand_lines()
    {
        Assert.Null(await SendAsync());
        _grains.Answer = SendStatus.NoSession;
        Assert.Equal(Refusal.NoSession, await SendAsync());
        Assert.InRange(_address.Charge(0).TotalSeconds, 900, 1000);
    }

    [Fact]
    public async Task A_session_that_the_grain_knows_to_be_over_costs_nothing()
    {
        Assert.Null(await SendAsync());
        _time.Advance(SessionLease.Lifetime);
        _grains.IsOpen = false;
        Assert.Equal(Refusal.NoSession, await SendAsync());
        Assert.Equal(TimeSpan.Zero, _address.Charge(0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_not_answered_costs_nothing(bool isThere)
    {
        Assert.Null(await SendAsync());
        _time.Advance(SessionLease.Lifetime);
        (_grains.IsThere, _grains.Answer) = (isThere, SendStatus.Unavailable);
        Assert.Equal(Refusal.Unavailable, await SendAsync());
        Assert.Equal(TimeSpan.Zero, _address.Charge(0));
    }

    [Theory]
    [InlineData(true, 900, 1000)]
    [InlineData(false, 0, 0)]
    public async Task An_id_that_another_connection_bound_meanwhile_costs_a_thousand_lines(bool isRace, int least, int most)
    {
        _grains.OnceReply = _grains.OnceReply with { IsRace = isRace };
        Assert.True((await _client.SendOnceAsync("s:1", LeasingGrains.Message() with { OnceId = "once" })).TryGet(out _, out _));
        Assert.InRange(_address.Charge(0).TotalSeconds, least, most);
    }

    [Fact]
    public async Task A_look_up_without_a_permit_costs_what_a_read_costs()
    {
        for (var i = 0; i < LeasingGrains.PerSecond * SessionLease.MostSeconds; i++)
            Assert.True((await _client.SendOnceAsync("s:1", LeasingGrains.Message() with { OnceId = "once" })).TryGet(out _, out _));
        Assert.Equal(TimeSpan.Zero, _address.Charge(0));
        _grains.OnceReply = _grains.OnceReply with { Status = SendStatus.TooManySends };
        Assert.False((await _client.SendOnceAsync("s:1", LeasingGrains.Message() with { OnceId = "once" })).TryGet(out _, out _));
        Assert.InRange(_address.Charge(0).TotalSeconds, 0.1, ClientSession.LinesPerRead);
    }

    private async Task<Refusal?> SendAsync()
    {
        var sending = _client.SendAsync("s:1", [LeasingGrains.Message()]).AsTask();
        while (!sending.IsCompleted)
        {
            // It repeats what is not answered.
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        return Assert.Single((await sending).Refusals);
    }
}
