namespace OrleansChat.Verification.Ledgers;

/// <summary>The messages that one connection sent to one recipient.</summary>
internal sealed class StreamEntry(int id, UserEntry sender, UserEntry recipient, ConnectionEntry connection)
{
    public int Id { get; } = id;
    public UserEntry Sender { get; } = sender;
    public UserEntry Recipient { get; } = recipient;
    public ConnectionEntry Connection { get; } = connection;
    public int Next { get; set; }

    /// <summary>Messages whose fate is open; a number below <see cref="Next"/> that is missing here was finally received.</summary>
    public Dictionary<int, MessageEntry> Live { get; } = [];

    /// <summary>Of messages to a room: the copies of each member, and which of them there were.</summary>
    public Dictionary<UserEntry, (StreamEntry Stream, HashSet<int> Known)> Copies { get; } = [];

    /// <summary>The room, if these are copies of its messages.</summary>
    public UserEntry? Room { get; init; }
}

/// <summary>A message, however often it was sent.</summary>
internal sealed class MessageEntry(StreamEntry stream, int sequence, string? onceId, Moment begun)
{
    public StreamEntry Stream { get; } = stream;
    public int Sequence { get; } = sequence;

    /// <summary>The message to the room, if this is a member's copy of one.</summary>
    public MessageEntry? Original { get; init; }

    public string? OnceId { get; } = onceId;
    public Moment Begun { get; } = begun;
    public Moment? Acknowledged { get; set; }
    public int Outstanding { get; set; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; set; } = 1;

    public bool IsUnknown { get; set; }

    /// <summary>Every attempt to send it began after its session was certainly logged out.</summary>
    public bool IsForbidden { get; set; }

    /// <summary>Every attempt to send it began while its recipient had certainly blocked its sender.</summary>
    public bool IsBarred { get; set; }

    /// <summary>Where it is stored, if that is known.</summary>
    public RowEntry? Row { get; set; }

    /// <summary>If it was acknowledged, it was accepted in the order of its stream.</summary>
    public bool IsOrdered { get; set; } = true;

    /// <summary>Its ID stood for another message already, which was acknowledged.</summary>
    public bool ReusesId { get; init; }

    public string? Receipt { get; set; }

    /// <summary>The client may have confirmed it.</summary>
    public bool MayBeReceived { get; set; }

    public Moment? Received { get; set; }
    public List<DeliveryEntry> Deliveries { get; } = new(1);
    public bool IsRefused => Acknowledged is null && Outstanding == 0 && !IsUnknown;
}

/// <summary>A complete reply that held the message.</summary>
internal readonly record struct DeliveryEntry(RequestEntry Request, Moment Read);
