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
        Assert.Contains("'-- min-program: N'", Assert.Throws<InvalidOperationException>(() => Migration.Parse(8, sql)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(9)]
    [InlineData(0)]
    public void One_that_says_a_program_that_cannot_be_is_a_defect(int minProgram) =>
        Assert.Contains("1 to 8", Assert.Throws<InvalidOperationException>(() => Migration.Parse(8, $"-- min-program: {minProgram}\n")).Message, StringComparison.Ordinal);

    [Fact]
    public void One_that_lets_older_programs_in_again_than_the_one_before_it_is_a_defect()
    {
        Migration[] migrations = [.. Migration.ReadAll().Take(7), Migration.Parse(8, "-- min-program: 8\n"), Migration.Parse(9, "-- min-program: 7\n")];
        Assert.Contains("Migration 9", Assert.Throws<InvalidOperationException>(() => new ProgramSchema(migrations)).Message, StringComparison.Ordinal);
    }
}
