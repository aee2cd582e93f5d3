namespace OrleansChat.Grains.Sessions;

/// <summary>How long sessions live.</summary>
public sealed class ChatSessionOptions
{
    /// <summary>A session that was not used for so long has ended. 7 days unless configured.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// The last use is written at most this often; a session may end so much earlier than <see cref="IdleTimeout"/> says.
    /// </summary>
    public static readonly TimeSpan WriteUseEvery = TimeSpan.FromHours(1);
}
