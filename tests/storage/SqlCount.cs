using Npgsql;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Tests;

/// <summary>Single numbers out of a database.</summary>
internal static class SqlCount
{
    public static async Task<long> CountAsync(this NpgsqlDataSource source, string sql, params object?[] parameters) =>
        (await source.QueryAsync("test", sql, parameters, reader => reader.GetInt64(0))).Single();
}
