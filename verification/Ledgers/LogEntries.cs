namespace OrleansChat.Verification.Ledgers;

/// <summary>What was committed to a user's inbox, by number.</summary>
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

/// <summary>A row of a log.</summary>
internal sealed class RowEntry(long number, UserEntry sender, long? target, DateTimeOffset acceptedAt, string text, Moment stored)
{
    public long Number { get; } = number;
    public UserEntry Sender { get; } = sender;

    /// <summary>Of a deletion: the number of the message.</summary>
    public long? Target { get; } = target;

    public DateTimeOffset AcceptedAt { get; } = acceptedAt;
    public string Text { get; } = text;
    public Moment Stored { get; } = stored;

    /// <summary>The message, if the ledger knows it.</summary>
    public MessageEntry? Message { get; set; }

    /// <summary>When its deletion was stored, and under which number.</summary>
    public (Moment When, long Number)? Deleted { get; set; }

    /// <summary>When the purge deleted it.</summary>
    public Moment? Gone { get; set; }

    public bool IsMessage => Target is null;

    /// <summary>Whether anyone who asked at a moment must see it now.</summary>
    public bool MustBeSeen(Moment asked) => Stored.IsBefore(asked) && Gone is null;

    /// <summary>Whether anyone who asked at a moment may see it now.</summary>
    public bool MayBeSeen(Moment asked) => Gone is not { } gone || !gone.IsBefore(asked);
}

/// <summary>A wish to block a user, or to unblock them.</summary>
internal sealed class BlockEntry(bool isBlocked, Moment begun)
{
    public bool IsBlocked { get; } = isBlocked;
    public Moment Begun { get; } = begun;

    /// <summary>When it was answered that it is done; null while it is under way, and if its outcome is unknown.</summary>
    public Moment? Done { get; set; }

    /// <summary>When it was known that its outcome is unknown.</summary>
    public Moment? Unknown { get; set; }
}

/// <summary>What a user's clients were told of a conversation.</summary>
internal sealed class ConversationEntry
{
    /// <summary>The markers that were answered, each greater than the one before.</summary>
    public List<(Moment When, long Read)> Markers { get; } = [];

    /// <summary>The greatest number that a client has marked.</summary>
    public long Asked { get; set; }

    public List<BlockEntry> Blocks { get; } = [];
}
