using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OrleansChat.Hosting.Tests;

/// <summary>When a quiet process collects its memory.</summary>
public sealed class IdleMemoryTests : IDisposable
{
    private const long Much = 100 << 20, Little = 1 << 20;
    private readonly IdleMemory _memory = new(TimeProvider.System);
    private long _allocated;

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void It_collects_when_work_has_ended_and_not_before()
    {
        Assert.DoesNotContain(true, Enumerable.Range(0, 20).Select(_ => CollectsAfter(Much)));
        Assert.True(CollectsAfter(Little));
    }

    [Fact]
    public void While_quiet_lasts_it_collects_ever_more_seldom_and_with_new_work_it_begins_anew()
    {
        Assert.False(CollectsAfter(Much));
        int[] looks = [.. Enumerable.Range(1, 400).Where(_ => CollectsAfter(Little))];
        Assert.Equal([1, 7, 13, 21, 37, 69, 133, 261, 389], looks);

        Assert.False(CollectsAfter(Much));
        Assert.True(CollectsAfter(Little));
    }

    [Fact]
    public void Work_that_comes_and_goes_has_it_collect_once_a_minute_at_most()
    {
        int[] looks = [.. Enumerable.Range(1, 24).Where(i => CollectsAfter(i % 2 == 1 ? Much : Little))];
        Assert.Equal([2, 8, 14, 20], looks);
    }

    [Fact]
    public async Task Every_program_runs_it()
    {
        var (builder, _) = ChatProgram.CreateBuilder<NoSettings>([]);
        await using var program = builder.Build();
        Assert.Contains(program.Services.GetServices<IHostedService>(), service => service is IdleMemory);
    }

    private bool CollectsAfter(long bytes) => _memory.Check(_allocated += bytes);

    private sealed class NoSettings;
}
