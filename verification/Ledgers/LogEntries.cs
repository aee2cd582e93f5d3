using System.Text;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Verification.Ledgers;

/// <summary>What was committed to a user's inbox, or to a room, by number.</summary>
internal sealed class LogRecord
{
    /// <summary>Names the log in what clients see; 0 until something is stored.</summary>
    public long Id { get; set; }

    private readonly Dictionary<UserEntry, List<RowEntry>> _bySender = [];

    /// <summary>The row with number 1, and so on.</summary>
    public List<RowEntry> Rows { get; } = [];

    /// <summary>Everything up to this number is deleted.</summary>
    public long Purged { get; set; }

    /// <summary>Everything up to this number was received for certain.</summary>
    public long Received { get; set; }

    /// <summary>What clients were told of that.</summary>
    public List<(Moment When, long Number)> Receipts { get; } = [];

    /// <summary>The number up to which a client of the inbox's owner has said that everything has arrived, and was answered so.</summary>
    public long Said { get; set; }

    /// <inheritdoc cref="Said"/>
    public long SaidAndDone { get; set; }

    public void Add(RowEntry row)
    {
        Rows.Add(row);
        if (!row.IsMessage) return;
        if (!_bySender.TryGetValue(row.Sender, out var rows)) _bySender[row.Sender] = rows = [];
        rows.Add(row);
    }

    /// <summary>The messages of a sender with numbers above one, and up to another.</summary>
    public IEnumerable<RowEntry> MessagesOf(UserEntry sender, long above, long upTo)
    {
        if (!_bySender.TryGetValue(sender, out var rows)) yield break;
        var (low, high) = (0, rows.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (rows[middle].Number > above) high = middle;
            else low = middle + 1;
        }
        for (; low < rows.Count && rows[low].Number <= upTo; low++) yield return rows[low];
    }

    /// <summary>The rows with numbers above one, and up to another.</summary>
    public IEnumerable<RowEntry> Between(long above, long upTo)
    {
        for (var number = Math.Max(0, above); number < Math.Min(upTo, Rows.Count); number++) yield return Rows[(int)number];
    }

    /// <summary>The last number that was stored before a moment, as far as was told.</summary>
    public long LastBefore(Moment when) => Rows.FindLastIndex(row => row.Stored.IsBefore(when)) + 1;
}

/// <summary>A row that is committed.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Sender">Who sent it, or made the change; <see cref="UserEntry.Nobody"/> for neither.</param>
/// <param name="Kind">What it is.</param>
/// <param name="AcceptedAt">When it was accepted, by the database's clock.</param>
/// <param name="Text">Its text.</param>
/// <param name="Target">Of a deletion: the number of the message.</param>
/// <param name="User">Of a change of a room: whom it is about.</param>
internal readonly record struct StoredRow(
    long Number, UserEntry Sender, EntryKind Kind, DateTimeOffset AcceptedAt, byte[] Text, long? Target = null, UserEntry? User = null);

/// <summary>A row of a log.</summary>
internal sealed class RowEntry(StoredRow row, Moment stored)
{
    public long Number { get; } = row.Number;
    public UserEntry Sender { get; } = row.Sender;
    public EntryKind Kind { get; } = row.Kind;

    /// <summary>Of a deletion: the number of the message.</summary>
    public long? Target { get; } = row.Target;

    /// <summary>Of a change of a room: whom it is about.</summary>
    public UserEntry? User { get; } = row.User;

    public DateTimeOffset AcceptedAt { get; } = row.AcceptedAt;
    public string Text { get; } = Encoding.UTF8.GetString(row.Text);
    public Moment Stored { get; } = stored;

    /// <summary>The message, if the ledger knows it.</summary>
    public MessageEntry? Message { get; set; }

    /// <summary>When its deletion was stored, and under which number.</summary>
    public (Moment When, long Number)? Deleted { get; set; }

    /// <summary>When the purge deleted it.</summary>
    public Moment? Gone { get; set; }

    public bool IsMessage => Kind == EntryKind.Message;

    /// <summary>Whether anyone who asked at a moment must see it now.</summary>
    public bool MustBeSeen(Moment asked) => Stored.IsBefore(asked) && Gone is null;

    /// <summary>Whether anyone who asked at a moment may see it now.</summary>
    public bool MayBeSeen(Moment asked) => Gone is not { } gone || !gone.IsBefore(asked);
}

/// <summary>A wish to change what a user is to another one, or to a room.</summary>
internal sealed class WishEntry(int state, Moment begun)
{
    /// <summary>Blocked, 1, or not, 0; in a room: the role, or 0 for nobody.</summary>
    public int State { get; } = state;

    public Moment Begun { get; } = begun;

    /// <summary>When it was answered that it is done; null while it is under way, and if its outcome is unknown.</summary>
    public Moment? Done { get; set; }

    /// <summary>When it was known that its outcome is unknown.</summary>
    public Moment? Unknown { get; set; }
}

/// <summary>What a user's clients were told of a conversation, and what its owner, a user or a room, has wished.</summary>
internal sealed class ConversationEntry
{
    /// <summary>The markers that were answered, each greater than the one before.</summary>
    public List<(Moment When, long Read)> Markers { get; } = [];

    /// <summary>The greatest number that a client has marked.</summary>
    public long Asked { get; set; }

    /// <summary>Of a room: the number up to which a client has said that everything has arrived.</summary>
    public long Said { get; set; }

    /// <summary>Of a room: when that was answered, and up to which number everything is received.</summary>
    public (Moment When, long Number) SaidAndDone { get; set; }

    public List<WishEntry> Wishes { get; } = [];
}
