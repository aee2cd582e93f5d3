using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces.Rooms;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Silo;

/// <summary>
/// Has the grains of rooms forget what they know when others, such as operators and removals of accounts, have changed a room. Until then,
/// the statement that stores refuses what is no longer allowed.
/// </summary>
public sealed partial class RoomWatcher(IRoomChanges changes, IGrainFactory grains, TimeProvider time, ILogger<RoomWatcher> logger)
    : ChangeWatcher(time)
{
    /// <inheritdoc/>
    protected override Task<IReadOnlyList<(string Name, long Mark)>> GetRecentAsync(TimeSpan window) => changes.GetRecentAsync(window);

    /// <inheritdoc/>
    protected override Task FollowAsync(string name) => grains.GetGrain<IRoomGrain>(GrainKeys.ForRoom(name)).Refresh();

    /// <inheritdoc/>
    protected override void Failed(Exception exception) => LogFailed(exception);

    [LoggerMessage(1512, LogLevel.Warning, "Following changes of rooms failed; trying again every second.")]
    private partial void LogFailed(Exception exception);
}
