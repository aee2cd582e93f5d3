using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Versions;

/// <summary>
/// A version's database with users and sessions, made by that version's own programs. Each measured silo gets a copy of it, so that
/// all silos begin with the same data.
/// </summary>
internal sealed class PreparedDatabase : IAsyncDisposable
{
    private const int RecipientCount = 100;

    private readonly DatabaseServer _server;
    private readonly string _name;

    private PreparedDatabase(DatabaseServer server, ServiceVersion version, string name) =>
        (_server, Version, _name) = (server, version, name);

    /// <summary>The version that made it.</summary>
    public ServiceVersion Version { get; }

    /// <summary>The tokens of the sessions, one session per user.</summary>
    public IReadOnlyList<string> Tokens { get; private set; } = [];

    /// <summary>Users who are never online, with names of equal length.</summary>
    public static IReadOnlyList<string> Recipients { get; } =
        [.. Enumerable.Range(0, RecipientCount).Select(i => BenchUser.NameOf("recipient", i))];

    /// <summary>Creates a database with the version's own programs.</summary>
    /// <param name="server">The PostgreSQL server.</param>
    /// <param name="version">The version.</param>
    /// <param name="name">The database's name.</param>
    /// <param name="sessions">How many sessions to open.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <exception cref="BenchException">A program of the version refused, or did not start.</exception>
    public static async Task<PreparedDatabase> CreateAsync(
        DatabaseServer server, ServiceVersion version, string name, int sessions, CancellationToken cancellationToken)
    {
        var prepared = new PreparedDatabase(server, version, name);
        try
        {
            await server.CreateAsync(name, cancellationToken);
            var database = server.ConnectionStringOf(name);
            var senders = Enumerable.Range(0, sessions).Select(i => BenchUser.NameOf("sender", i)).Select(WithPassword).ToList();
            await version.AddUsersAsync(database, [.. senders, .. Recipients.Select(WithPassword)], cancellationToken);
            await using var silo = await version.StartSiloForLoginsAsync(database, cancellationToken);
            prepared.Tokens = await Logins.OpenAsync(silo.EndPoint, senders, cancellationToken);
            return prepared;
        }
        catch
        {
            await prepared.DisposeAsync();
            throw;
        }
    }

    /// <summary>Copies the database, replacing an older copy of that name.</summary>
    /// <returns>The copy's connection string.</returns>
    public async Task<string> CopyAsync(string name, CancellationToken cancellationToken)
    {
        await _server.CreateAsync(name, cancellationToken, copyOf: _name);
        return _server.ConnectionStringOf(name);
    }

    public async ValueTask DisposeAsync() => await _server.DropAsync(_name, CancellationToken.None);

    private static (string Name, string Password) WithPassword(string name) => (name, $"password-of-{name}");
}
