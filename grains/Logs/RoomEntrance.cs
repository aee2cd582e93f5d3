using OrleansChat.Limits;
using OrleansChat.Storage.Logs;

namespace OrleansChat.Grains.Logs;

/// <summary>Who may write to a room, and how much all of them together.</summary>
/// <param name="ask">Asks the database whether a session's owner may write; null if the session is not alive.</param>
/// <param name="rate">How many messages the room takes, and people who join and leave; null for any number.</param>
internal sealed class RoomEntrance(Func<string, Task<Admission?>> ask, RateLimit? rate)
{
    /// <summary>Asks the database whether a session's owner may write; null if the session is not alive.</summary>
    public Func<string, Task<Admission?>> Ask => ask;

    /// <summary>Takes permits for messages; all or none.</summary>
    public bool TryTake(int count)
    {
        var taken = rate?.Take(count) ?? count;
        if (taken == count) return true;
        rate!.GiveBack(taken);
        return false;
    }
}
