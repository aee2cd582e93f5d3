namespace OrleansChat.GrainInterfaces;

/// <summary>How far the messages of a user go, or went: one number for each log.</summary>
/// <param name="Number">The number of the inbox itself.</param>
/// <param name="Rooms">Those of rooms.</param>
[GenerateSerializer, Immutable, Alias("OrleansChat.InboxPositions")]
public sealed record InboxPositions([property: Id(0)] long Number, [property: Id(1)] Position[] Rooms)
{
    /// <summary>Where everything begins.</summary>
    public static readonly InboxPositions Start = new(0, []);

    /// <summary>Whether these are as far as others, in every log.</summary>
    public bool Covers(InboxPositions others) =>
        others.Number <= Number && Array.TrueForAll(others.Rooms, other => Array.Exists(
            Rooms, room => room.LogId == other.LogId && room.Number >= other.Number));

    /// <summary>The further of both in each log.</summary>
    public InboxPositions With(InboxPositions others) => new(Math.Max(Number, others.Number), [
        .. Rooms.Concat(others.Rooms).GroupBy(room => room.LogId)
            .Select(log => new Position(log.Key, log.Max(room => room.Number)))]);
}
