using OrleansChat.Verification.Simulation;
using OrleansChat.Verification.Variants;

namespace OrleansChat.Verification.Tests.Simulation;

/// <summary>A checker is worth what it finds: each of these breaks one promise.</summary>
public sealed class BrokenVariantTests
{
    [Theory]
    [InlineData(nameof(Variant.AcknowledgeBeforeCommit), "AcknowledgedIsDurable")]
    [InlineData(nameof(Variant.DrainBeforeReceipt), "ReceivedBeforeGone AcknowledgedIsDurable")]
    [InlineData(nameof(Variant.ForgetEpoch), "NoGhost")]
    [InlineData(nameof(Variant.AcceptLoggedOutToken), "LoggedOutOpensNothing NoGhost")]
    [InlineData(nameof(Variant.StoreRetryAgain), "OnceEach")]
    [InlineData(nameof(Variant.SwapMessages), "Order AcknowledgedIsDurable")]
    [InlineData(nameof(Variant.TellDeadSession), "LoggedOutOpensNothing")]
    [InlineData(nameof(Variant.SpendLoanTwice), "SendsWithinLimit")]
    [InlineData(nameof(Variant.ForgetFingerprints), "OnceEach")]
    [InlineData(nameof(Variant.UnreportedLease), "NoGhost")]
    [InlineData(nameof(Variant.RememberMembers), "RolesHold")]
    [InlineData(nameof(Variant.ForgetRoomReceipts), "OnceEach")]
    [InlineData(nameof(Variant.ForgetBlock), "BlockedNeverArrives")]
    [InlineData(nameof(Variant.IgnoreBlocks), "BlockedNeverArrives")]
    [InlineData(nameof(Variant.NoUniqueIds), "OnceEach")]
    [InlineData(nameof(Variant.PurgeUnreceived), "ExpiredIsGone")]
    [InlineData(nameof(Variant.ForgetNumbers), "NumbersFollow UnreadIsExact")]
    [InlineData(nameof(Variant.LowerMarker), "MarkerOnlyRises")]
    [InlineData(nameof(Variant.CountOwnMessage), "UnreadIsExact")]
    [InlineData(nameof(Variant.SkipTies), "PagesLoseNothing")]
    [InlineData(nameof(Variant.RememberTexts), "ExpiredIsGone")]
    [InlineData(nameof(Variant.SplitChanges), "RolesHold")]
    [InlineData(nameof(Variant.ReadAfterRemoval), "NoReadWithoutMembership")]
    public void A_broken_variant_is_caught(string variant, string invariants)
    {
        var failed = FirstFailure(Enum.Parse<Variant>(variant));

        var found = SimulatedRun.Run(failed).Violations;
        Assert.NotEmpty(found);
        Assert.All(found, violation => Assert.Contains(violation.Invariant, invariants.Split(' ')));
        Assert.All(found, violation => Assert.NotEmpty(violation.History));
        // The plan fails for the variant's sake.
        Assert.Empty(SimulatedRun.Run(failed with { Variant = null }).Violations);
    }

    [Fact]
    public void Every_variant_that_can_be_simulated_is_among_them() =>
        Assert.Equal(Enum.GetValues<Variant>().Count(variant => !variant.IsRealOnly()),
            typeof(BrokenVariantTests).GetMethod(nameof(A_broken_variant_is_caught))!
                .GetCustomAttributes(typeof(InlineDataAttribute), false).Length);

    [Fact]
    public void A_failing_schedule_is_cut_down_to_what_shows_the_same()
    {
        var failed = FirstFailure(Variant.StoreRetryAgain);
        var shrunk = SimulatedService.Shrink(failed);

        Assert.Equal(SimulatedRun.Run(failed).Violations[0].Invariant, SimulatedRun.Run(shrunk).Violations[0].Invariant);
        Assert.InRange(shrunk.Operations.Count, 2, 8);
        Assert.Empty(shrunk.Faults);
    }

    private static Plan FirstFailure(Variant variant)
    {
        var failed = new SimulatedService(seed: 1, TimeProvider.System, variant)
            .Run(schedules: 5_000, TimeSpan.MaxValue, (_, _) => { }, CancellationToken.None);
        Assert.NotNull(failed);
        return failed;
    }
}
