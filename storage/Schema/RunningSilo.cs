using System.Globalization;
using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Schema;

/// <summary>A silo that runs on the database, as its <see cref="HostLock"/> shows it while its connection lives.</summary>
/// <param name="ProcessId">The server process of the connection.</param>
/// <param name="Program">Its program number.</param>
/// <param name="IsAlone">Whether it has the database to itself.</param>
/// <param name="Name">Its machine and process, by which an operator finds it.</param>
internal sealed record RunningSilo(int ProcessId, int Program, bool IsAlone, string Name)
{
    /// <summary>The program of silos that hold the host lock without a program number: they are older than program numbers.</summary>
    public const int LastSilentProgram = 6;

    private const string NamePrefix = "orleanschat-silo ";

    /// <summary>PostgreSQL truncates long application names, and the process number comes last.</summary>
    private const int MaxMachineLength = 30;

    // One query reads both locks of a silo, which could end between two. A one-number key has objsubid 1, a two-number key 2.
    private const string Sql =
        """
        SELECT l.pid, l.program, l.is_alone, coalesce(a.application_name, '')
        FROM (SELECT pid, max(CASE objsubid WHEN 2 THEN objid::bigint END)::integer AS program,
                     bool_or(objsubid = 1 AND mode = 'ExclusiveLock') AS is_alone
              FROM pg_locks
              WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                AND (objsubid = 1 AND (classid::bigint << 32) + objid::bigint = $1 OR objsubid = 2 AND classid::bigint = $2)
              GROUP BY pid
              HAVING bool_or(objsubid = 1)) l
        LEFT JOIN pg_stat_activity a ON a.pid = l.pid
        ORDER BY l.pid
        """;

    /// <summary>The name of this process in <c>pg_stat_activity</c>, as a silo of a program.</summary>
    public static string NameOfThis(int program)
    {
        var machine = Environment.MachineName;
        if (machine.Length > MaxMachineLength) machine = machine[..MaxMachineLength];
        return string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{program} {machine}:{Environment.ProcessId}");
    }

    /// <summary>Finds all silos that run on the database now.</summary>
    /// <exception cref="NpgsqlException">The database does not answer, or refuses.</exception>
    public static async Task<List<RunningSilo>> FindAllAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, connection).With(StorageNames.HostLock, (long)StorageNames.ProgramLocks);
        return await command.ReadAllAsync(Read, cancellationToken);
    }

    private static RunningSilo Read(NpgsqlDataReader reader)
    {
        var (process, application) = (reader.GetInt32(0), reader.GetString(3));
        var name = application.StartsWith(NamePrefix, StringComparison.Ordinal)
            ? application[(application.LastIndexOf(' ') + 1)..]
            : string.Create(CultureInfo.InvariantCulture, $"process {process} of the database server");
        return new RunningSilo(process, reader.IsDBNull(1) ? LastSilentProgram : reader.GetInt32(1), reader.GetBoolean(2), name);
    }
}
