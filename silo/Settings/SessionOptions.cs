using System.ComponentModel;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Silo.Settings;

/// <summary>How long sessions live.</summary>
[Section("Sessions")]
public sealed class SessionOptions
{
    [Description("A session ends when it is not used for this long.")]
    [Argument("--session-idle-timeout")]
    [Bounds("2h", "3650d", Reason = "the last use of a session is written once an hour")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromDays(7);
}
