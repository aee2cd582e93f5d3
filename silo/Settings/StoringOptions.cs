using System.ComponentModel;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Silo.Settings;

/// <summary>How a silo uses the database.</summary>
[Section("Storage")]
public sealed class StoringOptions
{
    [Description("Whether the start brings the database schema up to date; otherwise it must be.")]
    public bool Migrate { get; set; } = true;

    [Description("Connections that write messages.")]
    [Bounds(1, 8)]
    public int MailboxWriters { get; set; } = 1;
}
