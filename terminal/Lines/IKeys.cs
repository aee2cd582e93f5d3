namespace OrleansChat.Terminal.Lines;

/// <summary>A keyboard.</summary>
internal interface IKeys
{
    /// <summary>Whether a key waits already, as in a paste.</summary>
    bool Available { get; }

    /// <summary>Waits for a key and does not show it. Ctrl-C is a key like others.</summary>
    ConsoleKeyInfo Read();
}
