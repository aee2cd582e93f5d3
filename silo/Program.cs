using Npgsql;
using OrleansChat.Silo;
using OrleansChat.Storage;

try
{
    await using var app = ChatHost.Build(args);
    await app.RunAsync();
    return Environment.ExitCode;
}
catch (Exception e) when (Explanation(e) is { } text)
{
    await Console.Error.WriteLineAsync($"orleanschat: {text}");
    return 1;
}

// What an operator can do something about is said in a line; everything else is a defect, and shows its stack.
static string? Explanation(Exception e) => e switch
{
    ConfigurationException or SchemaVersionException or HostLockException => e.Message,
    ArgumentException { Source: "Npgsql" } => "The connection string of the database is malformed.",
    NpgsqlException => $"The database cannot be used: {e.Message}",
    IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } => e.Message,
    _ => null,
};
