namespace OrleansChat.Identifiers;

/// <summary>
/// The id of a message: a UUID of version 7, which begins with the time at which it was minted.
/// </summary>
/// <remarks>
/// A unique index refuses a second message of the same id. Messages that were read are deleted in the end, and with
/// them the index entry; so an id is accepted only for <see cref="Lifetime"/> after its minting, by the database's clock,
/// and no message younger than that is ever deleted: together they make "stored once" hold for good.
/// </remarks>
public static class MessageId
{
    /// <summary>How long after its minting an id is accepted. A gateway whose clock is slow by more than that cannot send.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>Mints an id.</summary>
    public static Guid New(DateTimeOffset now) => Guid.CreateVersion7(now);
}
