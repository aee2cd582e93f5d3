namespace OrleansChat.Verification.Tests.Simulation;

/// <summary>What the simulation takes for PostgreSQL answers as PostgreSQL does.</summary>
[Trait("Tier", "Usual")]
public sealed class TablesTests(RealTables real) : IClassFixture<RealTables>
{
    private const int Sequences = 20;
    private const int Length = 320;

    private static readonly string[] AllOutcomes =
    [
        "insert True", "insert False", "write True", "write False", "delete True", "delete False", "read True", "read False",
        "dead True", "out of time True", "bound True", "stored True", "gap True", "receipt True", "receipt False", "purge True",
        "blocked True", "blocks True", "deleted True", "target gone True", "list True", "receive None", "log None, purged True",
        "page Newest None", "page Before None", "page After None", "page Around None", "page Around NotFound",
        "older True, newer False", "older False, newer True", "older True, newer True", "unread True, read False", "unread True, read True",
        "account None", "owner None", "said True", "read room True", "change Done", "change NoSuchRoom", "change Forbidden",
        "change NameTaken", "change NotAMember", "change TooManyRooms", "change LastOwner", "change HasLeft",
        "succession True",
        "room page Newest None", "room page Before None", "room page After None", "room page Around None", "room page Around NotFound",
        "room log None", "room log NotFound", "room None", "room NotFound", "members None", "members NotFound", "deletable True",
    ];

    [Fact]
    public async Task The_model_answers_as_the_database_and_holds_the_same()
    {
        var outcomes = new List<string>();
        for (var seed = 1; seed <= Sequences; seed++)
        {
            await real.ClearAsync();
            var sequence = new StatementSequence(real, seed);
            await sequence.RunAsync(Length);
            await sequence.CompareContentsAsync();
            outcomes.AddRange(sequence.Outcomes);
        }

        // Else the answers were the same because nothing happened.
        Assert.All(AllOutcomes, outcome => Assert.True(outcomes.Count(o => o == outcome) > Sequences / 7, outcome));
    }
}
