using Npgsql;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Storage.Tests.Roles;

/// <summary>The command that migrates sets the passwords of roles, on a server that asks for them.</summary>
public sealed class RolePasswordTests
{
    [Fact]
    public async Task It_creates_roles_with_their_passwords_changes_them_and_shows_them_to_nobody()
    {
        var rules = Path.GetTempFileName();
        await File.WriteAllTextAsync(rules, "local all postgres trust\nlocal all all scram-sha-256\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(rules, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        await using var server = await PostgresCluster.StartNewAsync($"hba_file={rules}", "log_statement=all");
        File.Delete(rules);

        var first = await MigrateAsync("pass-1; '\\one", "pass-3");
        var second = await MigrateAsync("pass-2", "");

        Assert.Equal(0, first.Code);
        Assert.Contains("The role chat-service may do what the service needs", first.Output, StringComparison.Ordinal);
        Assert.Contains("The role gateway may do what the gateway needs", first.Output, StringComparison.Ordinal);
        Assert.Equal(0, second.Code);
        await LogInAsync("chat-service", "pass-2");
        await LogInAsync("gateway", "pass-3");
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => LogInAsync("chat-service", "pass-1; '\\one"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refusal.SqlState);
        var log = await server.ReadLogAsync();
        Assert.Contains("ALTER ROLE", log, StringComparison.Ordinal);
        Assert.All(["pass-1", "pass-2", "pass-3"],
            password => Assert.DoesNotContain(password, log + first.Output + second.Output, StringComparison.Ordinal));

        Task<(int Code, string Output)> MigrateAsync(string service, string gateway) => AdminProgram.RunAsync(
            new()
            {
                ["Chat__Database"] = server.ConnectionString,
                ["Chat__ServicePassword"] = service,
                ["Chat__GatewayPassword"] = gateway,
            },
            "migrate", "--service-role", "chat-service", "--gateway-role", "gateway");

        async Task LogInAsync(string role, string password)
        {
            var builder = new NpgsqlConnectionStringBuilder(server.ConnectionString)
            {
                Username = role,
                Password = password,
                Pooling = false,
            };
            await using var connection = new NpgsqlConnection(builder.ConnectionString);
            await connection.OpenAsync();
        }
    }

    [Fact]
    public async Task A_role_that_cannot_be_is_refused_in_a_line()
    {
        var database = await PostgresFixture.CreateEmptyDatabaseAsync();
        var (code, output) = await AdminProgram.RunAsync(
            new() { ["Chat__Database"] = database }, "migrate", "--service-role", "pg_service");
        Assert.Equal(1, code);
        Assert.Contains("'pg_service' cannot be a role", output, StringComparison.Ordinal);
    }
}
