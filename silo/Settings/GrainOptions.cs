using System.ComponentModel;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Silo.Settings;

/// <summary>How long grains stay in memory.</summary>
[Section("Grains")]
public sealed class GrainOptions
{
    [Description("A grain leaves memory when it is not used for this long.")]
    [Argument("--grain-idle-timeout")]
    [Bounds("10s", "7d")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How often such grains are looked for.</summary>
    public TimeSpan CollectionInterval => TimeSpan.FromTicks(Math.Min(IdleTimeout.Ticks / 4, TimeSpan.TicksPerMinute));
}
