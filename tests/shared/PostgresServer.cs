namespace OrleansChat.Tests.Shared;

/// <summary>
/// The PostgreSQL server of the tests: the one that ORLEANSCHAT_TEST_DATABASE names (a connection string of a role that
/// may create databases), or a throw-away one, started at first use.
/// </summary>
public static class PostgresServer
{
    internal const string Variable = "ORLEANSCHAT_TEST_DATABASE";

    private static readonly Lazy<Task<string>> Started = new(StartAsync);

    private static PostgresCluster? _cluster;

    /// <summary>A connection string of an administrator.</summary>
    public static Task<string> GetAdminConnectionStringAsync() => Started.Value;

    private static async Task<string> StartAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given) return given;
        _cluster = await PostgresCluster.StartNewAsync();
        return _cluster.ConnectionString;
    }
}
