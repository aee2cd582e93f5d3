using OrleansChat.Hosts.Tests.Contract.Grains;

namespace OrleansChat.SimulationHost.Tests;

/// <summary>The host under a turn queue that draws by a seed.</summary>
public sealed class SimulationTests
{
    [Fact]
    public void The_same_seed_gives_the_same_order()
    {
        for (var seed = 0; seed < 20; seed++)
            Assert.Equal(Play(seed), Play(seed));
    }

    [Fact]
    public void Other_seeds_give_other_orders()
        => Assert.True(Enumerable.Range(0, 20).Select(seed => string.Join('\n', Play(seed))).Distinct().Count() > 10);

    [Fact]
    public void Whatever_the_seed_each_request_runs_alone_and_no_count_is_lost()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            Simulation.Run(
                async simulation =>
                {
                    var grain = simulation.Grains.GetGrain<IProbeGrain>($"s:{Guid.NewGuid()}");
                    var counts = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => grain.Increment()));
                    Assert.Equal(Enumerable.Range(1, 10), counts);
                },
                seed: seed);
        }
    }

    [Fact]
    public void Whatever_the_seed_a_states_last_write_is_the_one_that_stays()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            Simulation.Run(
                async simulation =>
                {
                    var grain = simulation.Grains.GetGrain<IStateGrain>("s:state");
                    await Task.WhenAll(Enumerable.Range(1, 5).Select(number => grain.Write($"{number}")));
                    simulation.Silo.CollectUnusedSince(long.MaxValue);
                    Assert.Equal("5", (await grain.Read()).Text);
                },
                seed: seed);
        }
    }

    /// <summary>Callers, grains that call grains, an end in between: everything that happens, in order.</summary>
    private static List<string> Play(int seed)
    {
        var log = new List<string>();
        Simulation.Run(
            async simulation =>
            {
                var grains = Enumerable.Range(0, 3).Select(number => simulation.Grains.GetGrain<IProbeGrain>($"s:{number}")).ToArray();
                await Task.WhenAll(Enumerable.Range(0, 9).Select(Caller));

                async Task Caller(int number)
                {
                    var grain = grains[number % 3];
                    log.Add($"{number} counts {await grain.Increment()}");
                    if (number == 4)
                        await grain.End();
                    await grain.CallAndForget($"s:{number}", Opened($"s:{number}"));
                    log.Add($"{number} counts {await grains[(number + 1) % 3].Next()}");
                }
            },
            seed: seed);
        return log;
    }

    private static string Opened(string key)
    {
        Probe.For(key).Open("gate");
        return "gate";
    }
}
