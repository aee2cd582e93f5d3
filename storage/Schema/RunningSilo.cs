using System.Globalization;
using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Schema;

/// <summary>A silo that runs on the database, as its <see cref="HostLock"/> shows it for as long as its connection lives.</summary>
/// <param name="ProcessId">The server's process that serves the connection.</param>
/// <param name="Program">The number of its program.</param>
/// <param name="IsAlone">Whether it has the database for itself.</param>
/// <param name="Name">What an operator finds it by.</param>
internal sealed record RunningSilo(int ProcessId, int Program, bool IsAlone, string Name)
{
    /// <summary>The program of silos that hold the host lock and say no number: they are of before numbers were said.</summary>
    public const int LastSilentProgram = 6;

    private const string NamePrefix = "orleanschat-silo ";

    /// <summary>PostgreSQL cuts an application's name off, and the number of the process stands at its end.</summary>
    private const int MaxMachineLength = 30;

    // The two locks of a silo are read at once: between two reads it could end. One number as key has objsubid 1, two have 2.
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

    /// <summary>What this process, a silo of a program, is called in <c>pg_stat_activity</c>.</summary>
    public static string NameOfThis(int program)
    {
        var machine = Environment.MachineName;
        if (machine.Length > MaxMachineLength) machine = machine[..MaxMachineLength];
        return string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{program} {machine}:{Environment.ProcessId}");
    }

    /// <summary>All that run now.</summary>
    /// <exception cref="NpgsqlException">The database does not answer or refuses.</exception>
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
