using System.Diagnostics;
using HdrHistogram;
using Npgsql;
using NpgsqlTypes;
using OrleansChat.Bench.Measuring;

namespace OrleansChat.Bench.Scenarios;

/// <summary>
/// PostgreSQL alone: one connection writes rows of messages, with the same indexes and durability, waits for each commit and checks
/// nothing. The unit of measurement is a row.
/// </summary>
internal sealed class PostgresContender : IContender
{
    private const int Recipients = 100;
    private const long Sender = 1;
    private static readonly byte[] Body = " See you at the usual place at eight.\r\n"u8.ToArray();

    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlCommand _insert;
    private readonly CpuMeter _meter;
    private readonly int _rows;
    private readonly bool _copies;
    private long _next;

    private PostgresContender(string name, NpgsqlConnection connection, int rows, bool copies, CpuMeter meter)
    {
        (Name, _connection, _rows, _copies, _meter) = (name, connection, rows, copies, meter);
        _insert = new NpgsqlCommand(
            """
            INSERT INTO ceiling (log_id, number, message_id, sender_id, body)
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::bigint[], $5::bytea[])
            """, connection)
        {
            Parameters =
            {
                new NpgsqlParameter<long[]>(), new NpgsqlParameter<long[]>(), new NpgsqlParameter<Guid[]>(),
                new NpgsqlParameter<long[]> { TypedValue = [.. Enumerable.Repeat(Sender, rows)] },
                new NpgsqlParameter<byte[][]> { TypedValue = [.. Enumerable.Repeat(Body, rows)] },
            },
        };
    }

    public string Name { get; }

    /// <summary>Creates a contender with a table of its own in a database with the service's schema.</summary>
    public static async Task<PostgresContender> CreateAsync(
        string name, string database, int rows, bool copies, CpuMeter meter, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection($"{database};Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using (var create = new NpgsqlCommand(
            "CREATE TABLE IF NOT EXISTS ceiling (LIKE message INCLUDING ALL); TRUNCATE ceiling", connection))
            await create.ExecuteNonQueryAsync(cancellationToken);
        return new PostgresContender(name, connection, rows, copies, meter);
    }

    public async Task<Round> RunAsync(TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken)
    {
        // Other contenders use the table between the rounds.
        await using (var last = new NpgsqlCommand("SELECT coalesce(max(number), 0) FROM ceiling", _connection))
            _next = ((long)(await last.ExecuteScalarAsync(cancellationToken))! + 1) * Recipients;
        await WriteForAsync(warmUp, null, cancellationToken);
        var latencies = new LongConcurrentHistogram(1, 60_000_000, numberOfSignificantValueDigits: 3);
        var before = _meter.Read();
        var start = Stopwatch.GetTimestamp();
        await WriteForAsync(measured, latencies, cancellationToken);
        return new Round(latencies, Stopwatch.GetElapsedTime(start).TotalSeconds, _meter.Read() - before);
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }

    private async Task WriteForAsync(TimeSpan length, LongConcurrentHistogram? latencies, CancellationToken cancellationToken)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < length;)
        {
            var begun = Stopwatch.GetTimestamp();
            await (_copies ? CopyAsync(cancellationToken) : InsertAsync(cancellationToken));
            latencies?.RecordValueWithCount(Math.Max(1, (long)Stopwatch.GetElapsedTime(begun).TotalMicroseconds), _rows);
        }
    }

    private async Task InsertAsync(CancellationToken cancellationToken)
    {
        var (logs, numbers, ids) = (new long[_rows], new long[_rows], new Guid[_rows]);
        for (var i = 0; i < _rows; i++) (logs[i], numbers[i], ids[i]) = NextRow();
        ((NpgsqlParameter<long[]>)_insert.Parameters[0]).TypedValue = logs;
        ((NpgsqlParameter<long[]>)_insert.Parameters[1]).TypedValue = numbers;
        ((NpgsqlParameter<Guid[]>)_insert.Parameters[2]).TypedValue = ids;
        if (!_insert.IsPrepared) await _insert.PrepareAsync(cancellationToken);
        await _insert.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task CopyAsync(CancellationToken cancellationToken)
    {
        await using var writer = await _connection.BeginBinaryImportAsync(
            "COPY ceiling (log_id, number, message_id, sender_id, body) FROM STDIN (FORMAT binary)", cancellationToken);
        for (var i = 0; i < _rows; i++)
        {
            var (log, number, id) = NextRow();
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(log, NpgsqlDbType.Bigint, cancellationToken);
            await writer.WriteAsync(number, NpgsqlDbType.Bigint, cancellationToken);
            await writer.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken);
            await writer.WriteAsync(Sender, NpgsqlDbType.Bigint, cancellationToken);
            await writer.WriteAsync(Body, NpgsqlDbType.Bytea, cancellationToken);
        }
        await writer.CompleteAsync(cancellationToken);
    }

    private (long Log, long Number, Guid Id) NextRow()
    {
        var row = _next++;
        return (row % Recipients + 1, row / Recipients, Guid.CreateVersion7());
    }
}
