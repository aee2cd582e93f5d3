using OrleansChat.GrainInterfaces;
using OrleansChat.Storage.Logs;

namespace OrleansChat.Grains.Logs;

/// <summary>What grains answer about appends.</summary>
internal static class Appends
{
    /// <summary>The messages are durable: where they are.</summary>
    public static AppendReply Stored(Appended appended) => new(
        SendStatus.Sent, Array.ConvertAll(appended.Places!, place => new EntryPlace(place.LogId, place.Number, place.AcceptedAt)),
        appended.Durability);
}
