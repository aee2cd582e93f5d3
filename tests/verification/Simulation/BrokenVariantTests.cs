using OrleansChat.Identifiers;
using OrleansChat.Verification.Simulation;

namespace OrleansChat.Verification.Tests.Simulation;

/// <summary>A checker is worth what it finds: each of these breaks one promise.</summary>
[Collection(nameof(SimulatedService))]
public sealed class BrokenVariantTests
{
    [Theory]
    [InlineData(FaultPoint.AcknowledgeBeforeCommit, "AcknowledgedIsDurable")]
    [InlineData(FaultPoint.DrainBeforeReceipt, "ReceivedBeforeGone")]
    [InlineData(FaultPoint.ForgetEpoch, "NoGhost")]
    [InlineData(FaultPoint.AcceptLoggedOutToken, "LoggedOutOpensNothing NoGhost")]
    [InlineData(FaultPoint.StoreRetryAgain, "OnceEach")]
    [InlineData(FaultPoint.SwapMessages, "Order AcknowledgedIsDurable")]
    public void A_broken_variant_is_caught(FaultPoint point, string invariants)
    {
        FaultPoints.Broken = point;
        try
        {
            var failed = new SimulatedService(seed: 1, TimeProvider.System).Run(schedules: 5_000, TimeSpan.MaxValue, (_, _) => { }, CancellationToken.None);

            Assert.NotNull(failed);
            var found = SimulatedRun.Run(failed).Violations;
            Assert.All(found, violation => Assert.Contains(violation.Invariant, invariants.Split(' ')));
            Assert.All(found, violation => Assert.NotEmpty(violation.History));
        }
        finally
        {
            FaultPoints.Broken = null;
        }
    }

    [Fact]
    public void A_failing_schedule_is_cut_down_to_what_shows_the_same()
    {
        FaultPoints.Broken = FaultPoint.StoreRetryAgain;
        try
        {
            var failed = new SimulatedService(seed: 1, TimeProvider.System).Run(schedules: 5_000, TimeSpan.MaxValue, (_, _) => { }, CancellationToken.None)!;
            var shrunk = SimulatedService.Shrink(failed);

            Assert.Equal(SimulatedRun.Run(failed).Violations[0].Invariant, SimulatedRun.Run(shrunk).Violations[0].Invariant);
            Assert.InRange(shrunk.Operations.Count, 2, 8);
            Assert.Empty(shrunk.Faults);
        }
        finally
        {
            FaultPoints.Broken = null;
        }
    }
}
