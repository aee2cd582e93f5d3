using OrleansChat.Verification.Simulation;

namespace OrleansChat.Verification.Tests.Simulation;

/// <summary>The service under thousands of schedules, each with its own interleaving and faults.</summary>
public sealed class SimulationTests
{
    [Fact]
    [Trait("Tier", "Usual")]
    public void No_schedule_breaks_an_invariant()
    {
        var simulation = new SimulatedService(seed: 1_000_000, TimeProvider.System);

        var failed = simulation.Run(schedules: 2_000, TimeSpan.MaxValue, (_, _) => { }, CancellationToken.None);

        Assert.True(failed is null, failed is null ? "" : SchedulePrinter.Print(failed));
        Assert.Equal(2_000, simulation.Report.Schedules);
        Assert.Equal(Enum.GetValues<SimulatedFault>(), simulation.Report.Faults.Keys);
        Assert.Equal(2_000, simulation.Report.Interleavings);
        // Of 204, some operations are over at once.
        Assert.True(simulation.Report.Meetings.Count > 180, $"{simulation.Report.Meetings.Count}");
    }

    [Fact]
    public void A_seed_decides_every_step()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var (first, second) = (SimulatedRun.Run(Plan.Draw(seed)), SimulatedRun.Run(Plan.Draw(seed)));
            Assert.Equal((first.Trace, first.Steps), (second.Trace, second.Steps));
        }
        Assert.NotEqual(SimulatedRun.Run(Plan.Draw(1)).Trace, SimulatedRun.Run(Plan.Draw(2)).Trace);
    }

    [Fact]
    public void A_schedule_has_users_gateways_operations_and_faults()
    {
        for (var seed = 1; seed <= 1_000; seed++)
        {
            var plan = Plan.Draw(seed);
            Assert.True(plan is { Users: >= 3, Operations.Count: >= 50, Faults.Count: >= 1 } && plan.Actors >= plan.Users);
        }
    }
}
