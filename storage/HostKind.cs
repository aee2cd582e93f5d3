namespace OrleansChat.Storage;

/// <summary>The hosts that can run the grains on a database; never both at once.</summary>
public enum HostKind
{
    /// <summary>Orleans: one silo or many.</summary>
    Orleans = 0,

    /// <summary>The embedded host: one process alone.</summary>
    Embedded = 1,
}
