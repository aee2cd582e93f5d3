namespace OrleansChat.Gateway.Tests.Sessions;

/// <summary>
/// Book and gateways against a model that knows where everybody really is, by fixed seeds. The limits are those of the
/// wire protocol; the simulated answers add what they take.
/// </summary>
public sealed class PresenceModelTests
{
    private const int Rounds = 8;
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OneReport = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(30);

    public static IEnumerable<object[]> Seeds => Enumerable.Range(1, 40).Select(seed => new object[] { seed });

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Where_nothing_fails_the_list_is_never_wrong_for_long(int seed)
    {
        var world = new PresenceSimulation(seed);
        for (var round = 0; round < Rounds; round++)
        {
            world.Run(Busy, trouble: null);
            world.Rest(Soon);
            Assert.Equal(world.Online.Order(), world.Listed.Order());
        }
        Assert.InRange(world.Worst.Ghost, TimeSpan.Zero, Soon);
        Assert.InRange(world.Worst.Missing, TimeSpan.Zero, OneReport);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lost_reports_cut_off_gateways_and_a_restarted_book_leave_no_ghost(int seed)
    {
        var world = new PresenceSimulation(seed);
        Try(world, () =>
        {
            if (world.Random.Next(4) == 0) world.RestartBook();
            else world.CutOffGateway();
        });
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Lost_reports_cut_off_gateways_and_dead_ones_leave_no_ghost(int seed)
    {
        var world = new PresenceSimulation(seed);
        Try(world, () =>
        {
            if (world.Random.Next(4) == 0) world.KillGateway();
            else world.CutOffGateway();
        });
    }

    private static void Try(PresenceSimulation world, Action trouble)
    {
        for (var round = 0; round < Rounds; round++)
        {
            world.Run(Busy, trouble);
            world.RestOfSilence();
            world.Rest(AfterTrouble);
            Assert.Equal(world.Online.Order(), world.Listed.Order());
        }
        Assert.InRange(world.Worst.Ghost, TimeSpan.Zero, AfterTrouble);
    }
}
