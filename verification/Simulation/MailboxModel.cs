using OrleansChat.Storage.Logs;

namespace OrleansChat.Verification.Simulation;

/// <summary>A row that is about to be stored in a log: an inbox's, or a room's.</summary>
internal sealed record NewRow(
    long Account, long Number, NewMessage Message, long SenderId, DateTimeOffset AcceptedAt, RoomEntryModel? Entry = null);

/// <summary>A row of a log. Nobody, who has no account, is 0.</summary>
internal sealed record StoredMessage(
    NewMessage Message, long SenderId, DateTimeOffset AcceptedAt, long? DeletedBy = null, RoomEntryModel? Entry = null)
{
    public bool IsMessage => Message.Target is null && Entry is null;

    /// <summary>Whether <c>inbox</c> hands it over.</summary>
    public bool IsHandedOver => IsMessage && DeletedBy is null;
}

/// <summary>The names of an account, as they are now.</summary>
internal sealed record AccountModel(string UserName, string DisplayName);

/// <summary>What one account has to do with the other's inbox.</summary>
internal sealed class MemberModel
{
    public long Read { get; set; }

    public bool IsMuted { get; set; }

    public bool IsBlocked { get; set; }

    /// <summary>How often these two were set.</summary>
    public long Revision { get; set; }
}

/// <summary>One recipient's messages and read position.</summary>
internal sealed class MailboxModel
{
    private readonly Dictionary<long, StoredMessage> _rows = [];
    private long _greatest;

    public long Received { get; set; }

    public long Purged { get; private set; }

    public long LastNumber => Math.Max(Math.Max(Received, Purged), _greatest);

    public StoredMessage this[long number] => _rows[number];

    /// <summary>The rows above a number, in order.</summary>
    public IEnumerable<(long Number, StoredMessage Row)> After(long number)
    {
        for (var next = Math.Max(number, Purged) + 1; next <= _greatest; next++)
            if (_rows.TryGetValue(next, out var row)) yield return (next, row);
    }

    public bool Contains(long number) => _rows.ContainsKey(number);

    public StoredMessage? Find(long number) => _rows.GetValueOrDefault(number);

    /// <summary>Empties a message, by the entry with the number <paramref name="by"/>.</summary>
    public void Delete(long number, long by) =>
        _rows[number] = _rows[number] with { Message = _rows[number].Message with { Text = [] }, DeletedBy = by };

    /// <summary>Says when a row was accepted.</summary>
    public void Redate(long number, DateTimeOffset at) => _rows[number] = _rows[number] with { AcceptedAt = at };

    /// <summary>Whether a number may follow: nothing up to its predecessor is gone, or the predecessor is the last that is.</summary>
    public bool HasPredecessor(long number, PredecessorCheck check)
    {
        var gone = Math.Max(Received, Purged);
        return gone == number - 1
            || (gone < number - 1 && (check == PredecessorCheck.Position || _rows.ContainsKey(number - 1)));
    }

    public void Add(long number, StoredMessage row)
    {
        _rows.Add(number, row);
        _greatest = Math.Max(_greatest, number);
    }

    public StoredMessage PurgeFirst()
    {
        _rows.Remove(++Purged, out var row);
        return row!;
    }
}
