namespace OrleansChat.Verification.Clients;

/// <summary>An account that the checker may use.</summary>
internal sealed record ChatUser(string Name, string Password);

/// <summary>How an inbox is read.</summary>
internal enum InboxWay
{
    /// <summary>One line, and its reply.</summary>
    Plain,

    /// <summary>The line and another line in one write: the other line does not confirm the inbox.</summary>
    Pipelined,

    /// <summary>A reset as soon as the line is written.</summary>
    ResetBeforeReply,

    /// <summary>A reset when the reply has arrived, before any other line.</summary>
    ResetAfterReply,

    /// <summary>A reset while the reply is on its way.</summary>
    ResetInReply,

    /// <summary>The line, the end of this side, and then reading until the other side ends.</summary>
    EndThenRead,

    /// <summary>The reply waits for a while before it is read.</summary>
    Slow,
}

/// <summary>How long an actor waits for the service.</summary>
internal sealed record ActorOptions
{
    /// <summary>The longest wait for a connection or a reply; after it, the connection is reset and the outcome is unknown.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long <see cref="InboxWay.Slow"/> lets a reply wait.</summary>
    public TimeSpan Slowness { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>When <see cref="InboxWay.ResetInReply"/> resets, counted from the request.</summary>
    public TimeSpan ResetAfter { get; init; } = TimeSpan.FromMilliseconds(1);
}
