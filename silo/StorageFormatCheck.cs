using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Storage;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;

namespace OrleansChat.Silo;

/// <summary>
/// Checks at start that the grain storage of this silo writes what SQL reads. With other JSON, every session would be dead to the
/// database; with another hash, the admin commands' rows would differ from a silo's. Needs no query.
/// </summary>
internal sealed class StorageFormatCheck([FromKeyedServices(GrainKeys.StorageName)] IGrainStorage storage) : IHostedService
{
    private static readonly UserState User = new()
    {
        AccountId = 41,
        DisplayName = "Lionel \"Leo\" Müller ✓",
        PasswordHash = "AQAAAAIAA1tg+/==",
        SecurityStamp = new Guid("3d94abf8-8bb0-46ad-ae80-a7ed3f6c5dbb"),
        Disabled = true,
    };

    private static readonly SessionState Session = new()
    {
        User = "leo",
        AccountId = 41,
        SecurityStamp = new Guid("3d94abf8-8bb0-46ad-ae80-a7ed3f6c5dbb"),
        UsedAt = new DateTimeOffset(2026, 11, 23, 7, 3, 28, TimeSpan.Zero).AddTicks(7841736),
        Since = new DateTimeOffset(2026, 11, 22, 7, 3, 28, TimeSpan.Zero),
        Door = "http",
        Device = "Leo's \"telephone\" ✓",
    };

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The storage writes something else: a defect of this program.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (storage is not AdoNetGrainStorage provider)
            throw new InvalidOperationException($"The grain storage is {storage.GetType()}, not Orleans's AdoNet provider.");
        CheckJson(provider.Serializer, User);
        CheckJson(provider.Serializer, Session);
        CheckHash(provider, GrainKeys.UserStateName, GrainKeys.ForUser(Session.User), User);
        CheckHash(provider, GrainKeys.SessionStateName, GrainKeys.ForSession("token"), Session);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static void CheckJson<TState>(IGrainStorageSerializer serializer, TState state)
    {
        var (theirs, ours) = (serializer.Serialize(state).ToMemory(), GrainStateFormat.Serialize(state));
        if (!theirs.Span.SequenceEqual(ours))
            throw new InvalidOperationException(
                $"The grain storage writes {Encoding.UTF8.GetString(theirs.Span)}, but SQL expects {Encoding.UTF8.GetString(ours)}.");
        if (!Equals(serializer.Deserialize<TState>(new BinaryData(ours)), state))
            throw new InvalidOperationException($"The grain storage does not read back {Encoding.UTF8.GetString(ours)}.");
    }

    private static void CheckHash<TState>(AdoNetGrainStorage provider, string stateName, string key, TState state)
    {
        var hasher = provider.HashPicker.PickHasher(
            ClusterNames.ServiceId, GrainKeys.StorageName, stateName, GrainId.Create(stateName, key), new GrainState<TState>(state));
        var keyHash = hasher?.Hash([.. Encoding.UTF8.GetBytes(key).Reverse()]);
        var nameHash = hasher?.Hash(Encoding.UTF8.GetBytes(stateName));
        if (keyHash != GrainStateFormat.HashKey(key) || nameHash != GrainStateFormat.HashName(stateName))
            throw new InvalidOperationException(
                $"The grain storage does not hash the key {key} or the name {stateName} as the stored rows are hashed.");
    }
}
