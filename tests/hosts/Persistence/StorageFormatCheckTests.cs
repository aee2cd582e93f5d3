using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Serialization;
using Orleans.Storage;
using OrleansChat.Identifiers;
using OrleansChat.Silo;

namespace OrleansChat.Hosts.Tests.Persistence;

/// <summary>A silo whose storage would write what SQL does not read does not start.</summary>
public sealed class StorageFormatCheckTests
{
    [Fact]
    public Task The_storage_as_the_service_has_it_is_found_right() => CheckAsync(_ => { });

    [Fact]
    public async Task Other_names_in_the_JSON_are_found()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => CheckAsync(silo =>
            silo.Services.Configure<SystemTextJsonGrainStorageSerializerOptions>(
                json => json.JsonSerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.CamelCase)));

        Assert.Contains("writes {\"accountId\":41,", fault.Message, StringComparison.Ordinal);
        Assert.Contains("SQL expects {\"AccountId\":41,", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_hash_is_found()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => CheckAsync(silo =>
            silo.Services.Configure<AdoNetGrainStorageOptions>(
                GrainKeys.StorageName, storage => storage.HashPicker = new Orleans3CompatibleStorageHashPicker())));

        Assert.Contains("does not hash the key u:leo", fault.Message, StringComparison.Ordinal);
    }

    private static async Task CheckAsync(Action<ISiloBuilder> change)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering();
            silo.UseSystemTextJsonGrainStorageSerializer();
            silo.AddAdoNetGrainStorage(
                GrainKeys.StorageName, storage => (storage.Invariant, storage.ConnectionString) = ("Npgsql", "Host=nowhere"));
            change(silo);
        });
        using var host = builder.Build();
        await new StorageFormatCheck(host.Services.GetRequiredKeyedService<IGrainStorage>(GrainKeys.StorageName)).StartAsync(default);
    }
}
