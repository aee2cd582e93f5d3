using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Storage;
using OrleansChat.Identifiers;
using OrleansChat.Silo;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Postgres;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Persistence;

/// <summary>The service as its program puts it together, on a database of its own.</summary>
public sealed class ProductSilo : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private WebApplication _app = null!;

    public NpgsqlDataSource Sql => _postgres.DataSource;

    public IGrainFactory Grains => _app.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Orleans's provider, by which the grains' states come and go.</summary>
    public AdoNetGrainStorage Provider => (AdoNetGrainStorage)_app.Services.GetRequiredKeyedService<IGrainStorage>(GrainKeys.StorageName);

    /// <summary>The admin commands.</summary>
    public AccountStore Accounts => new(Sql, new Passwords(iterations: 1));

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        _app = ChatHost.Build(["--database", _postgres.ConnectionString, "--listen", "127.0.0.1:0", "--Logging:LogLevel:Default", "Error"]);
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    /// <summary>The one row of a key, under whatever state's name, with all that the table computes.</summary>
    internal async Task<StoredRow> ReadRowAsync(string key)
    {
        var rows = await Sql.QueryAsync(
            "test",
            """
            SELECT graintypestring, grainidhash, graintypehash, grainidn0, grainidn1, serviceid, version, payloadbinary,
                   owner, account_id, stamp, display_name, enabled
            FROM orleansstorage WHERE grainidextensionstring = $1
            """,
            [key],
            reader => new StoredRow(
                reader.GetString(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetString(5),
                reader.GetInt32(6), reader.GetFieldValue<byte[]>(7), new(
                    reader.IsDBNull(8) ? null : reader.GetString(8), reader.GetInt64(9), reader.GetGuid(10),
                    reader.IsDBNull(11) ? null : reader.GetString(11), reader.IsDBNull(12) ? null : reader.GetBoolean(12))));
        return Assert.Single(rows);
    }
}

/// <summary>A row of the provider's table.</summary>
internal sealed record StoredRow(
    string StateName, int KeyHash, int NameHash, long N0, long N1, string ServiceId, int Version, byte[] Payload, ComputedColumns Computed)
{
    /// <summary>Asserts that it is as this project writes such rows.</summary>
    public void IsOurs<TState>(string stateName, string key, TState state)
    {
        Assert.Equal((stateName, GrainStateFormat.HashKey(key), GrainStateFormat.HashName(stateName)), (StateName, KeyHash, NameHash));
        Assert.Equal((0, 0, StorageNames.ServiceId), (N0, N1, ServiceId));
        Assert.Equal(GrainStateFormat.Serialize(state), Payload);
    }
}

/// <summary>What the table computes from a state.</summary>
internal sealed record ComputedColumns(string? Owner, long AccountId, Guid Stamp, string? DisplayName, bool? Enabled);
