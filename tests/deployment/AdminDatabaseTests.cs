using Npgsql;
using OrleansChat.Admin;

namespace OrleansChat.Deployment.Tests;

/// <summary>Where the admin program looks for the database: no other test here reads or sets these variables.</summary>
public sealed class AdminDatabaseTests : IDisposable
{
    private const string Folder = "CREDENTIALS_DIRECTORY";
    private static readonly string[] Variables = [Folder, DatabaseSettings.Database, DatabaseSettings.Password];

    private readonly Dictionary<string, string?> _before = Variables.ToDictionary(name => name, Environment.GetEnvironmentVariable);
    private readonly DirectoryInfo _secrets = Directory.CreateTempSubdirectory("orleanschat-secrets-");

    public AdminDatabaseTests()
    {
        Environment.SetEnvironmentVariable(Folder, _secrets.FullName);
        Environment.SetEnvironmentVariable(DatabaseSettings.Database, "Host=postgres;Username=environment");
        Environment.SetEnvironmentVariable(DatabaseSettings.Password, "of the environment");
    }

    [Fact]
    public void The_password_of_the_environment_goes_into_the_connection_string()
    {
        var settings = new NpgsqlConnectionStringBuilder(DatabaseSettings.Find(null));
        Assert.Equal(("environment", "of the environment"), (settings.Username, settings.Password));
    }

    [Fact]
    public void The_password_of_a_file_goes_before_it_without_the_line_end_whatever_is_in_it()
    {
        File.WriteAllText(Path.Combine(_secrets.FullName, DatabaseSettings.Password), "se;cret=\"x'\n");
        Environment.SetEnvironmentVariable(DatabaseSettings.Database, "Host=environment");
        Assert.Equal("se;cret=\"x'", new NpgsqlConnectionStringBuilder(DatabaseSettings.Find(null)).Password);
    }

    [Fact]
    public void The_service_password_is_neither_for_another_database_nor_in_place_of_one_that_is_given()
    {
        File.WriteAllText(Path.Combine(_secrets.FullName, DatabaseSettings.Password), "secret");
        Environment.SetEnvironmentVariable(DatabaseSettings.Database, "Host=environment;Password=own");
        Assert.Equal("own", new NpgsqlConnectionStringBuilder(DatabaseSettings.Find(null)).Password);
        Assert.Null(new NpgsqlConnectionStringBuilder(DatabaseSettings.Find("Host=argument")).Password);
    }

    [Fact]
    public void The_command_line_goes_before_the_environment() =>
        Assert.Equal("argument", new NpgsqlConnectionStringBuilder(DatabaseSettings.Find("Host=argument")).Host);

    [Fact]
    public void Without_a_database_there_is_nothing()
    {
        Environment.SetEnvironmentVariable(DatabaseSettings.Database, null);
        Assert.Equal("", DatabaseSettings.Find(null));
    }

    public void Dispose()
    {
        foreach (var (name, value) in _before) Environment.SetEnvironmentVariable(name, value);
        _secrets.Delete(recursive: true);
    }
}
