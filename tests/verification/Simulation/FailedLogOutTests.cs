using OrleansChat.Verification.Simulation;

namespace OrleansChat.Verification.Tests.Simulation;

/// <summary>A logout that cannot end the session: nobody is told that it is over while it may live on, and stay listed.</summary>
public sealed class FailedLogOutTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(200);

    [Theory]
    [InlineData(nameof(SimulatedFault.LoseStatements))]
    [InlineData(nameof(SimulatedFault.LoseAnswers))]
    [InlineData(nameof(SimulatedFault.DelayStatements))]
    public void Refuses_only_what_is_over(string fault)
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var result = SimulatedRun.Run(LogOutDuring(Enum.Parse<SimulatedFault>(fault), seed));
            Assert.True(result.Violations is [], $"seed {seed}: {string.Join(", ", result.Violations.Select(v => v.What))}");
        }
    }

    /// <summary>Two clients share a session; one logs out while the other sends. Long after, somebody asks who is there.</summary>
    private static Plan LogOutDuring(SimulatedFault fault, int seed) => new(
        seed, 3, 6, seed % 2 == 0,
        [
            new(0, OperationKind.Send, 1, TimeSpan.Zero), new(0, OperationKind.LogOut, 1, 6 * Moment),
            new(3, OperationKind.Adopt, 0, 3 * Moment),
            new(3, OperationKind.Send, 2, TimeSpan.Zero), new(3, OperationKind.Send, 2, 4 * Moment),
            new(1, OperationKind.Wait, 39, TimeSpan.Zero), new(1, OperationKind.Wait, 39, TimeSpan.Zero),
            new(1, OperationKind.ListUsers, 0, TimeSpan.Zero),
        ],
        [new PlannedFault(fault, 5 * Moment, seed, TimeSpan.FromSeconds(10 + seed % 20))]);
}
