using Microsoft.Extensions.Time.Testing;
using OrleansChat.Gateway.Limits;
using OrleansChat.Gateway.Options;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Gateway.Tests.Limits;

/// <summary>Reads of one address that come all at once.</summary>
public sealed class ReadTurnTests
{
    private const int LinesPerSecond = 100;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task So_many_are_under_way_and_the_next_when_one_has_ended()
    {
        var address = Address();
        var other = Address();
        var turns = new List<ClientAddress.ReadTurn>();
        while (turns.Count < ClientAddress.MaxReads) turns.Add(await TakeAsync(address));

        var next = TakeAsync(address);
        Assert.False(next.IsCompleted);
        (await TakeAsync(other)).Dispose();
        turns[0].Dispose();
        (await next.WaitAsync(Waiting.Patience)).Dispose();
    }

    [Fact]
    public async Task Who_has_a_turn_waits_in_it_until_what_the_address_owes_is_paid()
    {
        var address = Address();
        (await TakeAsync(address)).Dispose();
        address.Charge(3 * LinesPerSecond);

        var turn = TakeAsync(address);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(turn.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        (await turn).Dispose();
    }

    [Fact]
    public async Task A_wait_that_is_given_up_gives_its_turn_back()
    {
        var address = Address();
        address.Charge(3 * LinesPerSecond);
        using var stopping = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, ClientAddress.MaxReads).Select(_ => address.TakeReadTurnAsync(stopping.Token).AsTask()).ToList();
        await stopping.CancelAsync();
        foreach (var each in waiting) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => each);

        _time.Advance(TimeSpan.FromSeconds(2));
        (await TakeAsync(address)).Dispose();
    }

    private ClientAddress Address() => new(new LimitOptions { LinesPerSecond = LinesPerSecond }, _time);

    private static Task<ClientAddress.ReadTurn> TakeAsync(ClientAddress address) =>
        address.TakeReadTurnAsync(CancellationToken.None).AsTask();
}
