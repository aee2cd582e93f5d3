namespace OrleansChat.Verification.Clients;

/// <summary>An account that the checker may use.</summary>
internal sealed record ChatUser(string Name, string Password);

/// <summary>How an inbox is read.</summary>
internal enum InboxWay
{
    /// <summary>One line, and its reply.</summary>
    Plain,

    /// <summary>The line and another one in one write: the other one shows no receipt.</summary>
    Pipelined,

    /// <summary>Reset as soon as the line is written.</summary>
    ResetBeforeReply,

    /// <summary>Reset when the reply has arrived, before any other line.</summary>
    ResetAfterReply,

    /// <summary>Reset while the reply is on its way.</summary>
    ResetInReply,

    /// <summary>The line, the end of this side, and then all that comes until the other side ends.</summary>
    EndThenRead,

    /// <summary>The reply is left lying for a while before it is read.</summary>
    Slow,
}

/// <summary>How long an actor waits.</summary>
internal sealed record ActorOptions
{
    /// <summary>Longest wait for a connection or a reply; then the connection is reset and the outcome is unknown.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long <see cref="InboxWay.Slow"/> leaves a reply lying.</summary>
    public TimeSpan Slowness { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>When <see cref="InboxWay.ResetInReply"/> resets, counted from the request.</summary>
    public TimeSpan ResetAfter { get; init; } = TimeSpan.FromMilliseconds(1);
}
