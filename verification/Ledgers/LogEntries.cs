using System.Text;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Verification.Ledgers;

/// <summary>What was committed to a user's inbox, or to a room, by number.</summary>
internal sealed class LogRecord
{
    /// <summary>Names the log in what clients see; 0 until something is stored.</summary>
    public long Id { get; set; }

    /// <summary>The row with number 1, and so on.</summary>
    public List<RowEntry> Rows { get; } = [];

    /// <summary>Everything up to this number is deleted.</summary>
    public long Purged { get; set; }

    /// <summary>Everything up to this number was received for certain.</summary>
    public long Received { get; set; }

    /// <summary>What clients were told of that.</summary>
    public List<(Moment When, long Number)> Receipts { get; } = [];
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
    public long Number => row.Number;
    public UserEntry Sender => row.Sender;
    public EntryKind Kind => row.Kind;

    /// <summary>Of a deletion: the number of the message.</summary>
    public long? Target => row.Target;

    /// <summary>Of a change of a room: whom it is about.</summary>
    public UserEntry? User => row.User;

    public DateTimeOffset AcceptedAt => row.AcceptedAt;
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

    public List<WishEntry> Wishes { get; } = [];
}
