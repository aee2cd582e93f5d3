using OrleansChat.Storage.Schema;

namespace OrleansChat.Storage.Tests.Versions;

/// <summary>What migrations say of themselves.</summary>
public sealed class MigrationTests
{
    [Fact]
    public void The_first_ones_serve_programs_of_their_own_number_and_the_seventh_those_of_the_sixth_too()
    {
        var migrations = Migration.ReadAll();

        Assert.Equal([1, 2, 3, 4, 5, 6, 6], migrations.Take(7).Select(migration => migration.MinProgram));
        Assert.Equal(Enumerable.Range(1, migrations.Count), migrations.Select(migration => migration.Number));
        Assert.Equal(Migrator.ProgramVersion, migrations.Count);
    }

    [Theory]
    [InlineData("CREATE TABLE t ()")]
    [InlineData("")]
    [InlineData("CREATE TABLE t ();\n-- min-program: 7\n")]
    [InlineData("-- min-program: some\nCREATE TABLE t ()")]
    [InlineData("-- min-program: 99999999999\nCREATE TABLE t ()")]
    public void A_later_one_that_does_not_say_its_oldest_program_first_is_a_defect(string sql) =>
        Assert.Contains("'-- min-program: N'", FaultOf(() => Migration.Parse(8, sql)), StringComparison.Ordinal);

    [Theory]
    [InlineData(9)]
    [InlineData(0)]
    public void One_that_says_a_program_that_cannot_be_is_a_defect(int minProgram) =>
        Assert.Contains("1 to 8", FaultOf(() => Migration.Parse(8, $"-- min-program: {minProgram}\n")), StringComparison.Ordinal);

    [Fact]
    public void One_that_lets_older_programs_in_again_than_the_one_before_it_is_a_defect()
    {
        var (eighth, ninth) = (Migration.Parse(8, "-- min-program: 8\n"), Migration.Parse(9, "-- min-program: 7\n"));
        var fault = FaultOf(() => new ProgramSchema([.. Migration.ReadAll().Take(7), eighth, ninth]));
        Assert.Contains("Migration 9", fault, StringComparison.Ordinal);
    }

    private static string FaultOf(Func<object> make) => Assert.Throws<InvalidOperationException>(make).Message;
}
