namespace OrleansChat.Grains.Sessions;

/// <summary>The lifetime of sessions.</summary>
public sealed class ChatSessionOptions
{
    /// <summary>A session ends after being idle for this long. Default 7 days.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// The last use is written at most this often; a session may end by this much earlier than <see cref="IdleTimeout"/> says.
    /// </summary>
    public static readonly TimeSpan WriteUseEvery = TimeSpan.FromHours(1);
}
