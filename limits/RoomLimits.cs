namespace OrleansChat.Limits;

/// <summary>The limits of rooms. 0 lifts the rate.</summary>
public sealed record RoomLimits
{
    /// <summary>No limit of the rate. The others bound what the database must do for one room or user, and stay.</summary>
    public static RoomLimits NoRate { get; } = new() { MessagesPerSecond = 0 };

    /// <summary>The largest number of members of a room, readers among them. Default 10,000.</summary>
    public int Members { get; init; } = 10_000;

    /// <summary>The largest number of rooms that a user is in. Default 500.</summary>
    public int RoomsPerUser { get; init; } = 500;

    /// <summary>Messages per second that a room takes from all its members; a burst is ten times that. Default 50.</summary>
    public int MessagesPerSecond { get; init; } = 50;
}
