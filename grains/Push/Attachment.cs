namespace OrleansChat.Grains.Push;

/// <summary>A gateway that hears of a log, until its lease ends. Shared by a grain's turns and the outbox of the gateway.</summary>
internal sealed class Attachment(long log, GatewayOutbox outbox)
{
    private long _told = Unknown;
    private int _moves;

    /// <summary>Until the gateway's first answer: nobody knows what it holds.</summary>
    private const long Unknown = long.MaxValue;

    /// <summary>The log.</summary>
    public long Log => log;

    /// <summary>The way to the gateway.</summary>
    public GatewayOutbox Outbox => outbox;

    /// <summary>The gateway's own number of the attachment.</summary>
    public long Number { get; set; }

    /// <summary>The timestamp of its last renewal.</summary>
    public long RenewedAt { get; set; }

    /// <summary>The number up to which the gateway was told; nothing is told before it is known.</summary>
    public long Told => Volatile.Read(ref _told);

    /// <summary>Whether it is known what the gateway holds.</summary>
    public bool IsKnown => Told != Unknown;

    /// <summary>How often something was appended.</summary>
    public int Moves => Volatile.Read(ref _moves);

    /// <summary>Has the gateway told of what was appended.</summary>
    public void Moved()
    {
        Interlocked.Increment(ref _moves);
        if (IsKnown) outbox.Moved(this);
    }

    /// <summary>Notes that the gateway was told everything up to a number. It only rises.</summary>
    public void Tell(long number)
    {
        for (var told = Told; !IsKnown || told < number; told = Told)
            if (Interlocked.CompareExchange(ref _told, number, told) == told) return;
    }
}
