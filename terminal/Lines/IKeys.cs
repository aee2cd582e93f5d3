namespace OrleansChat.Terminal.Lines;

/// <summary>A keyboard.</summary>
internal interface IKeys
{
    /// <summary>Whether a key is available without waiting, as in a paste.</summary>
    bool Available { get; }

    /// <summary>Waits for a key and does not echo it. Ctrl-C is an ordinary key here.</summary>
    ConsoleKeyInfo Read();
}
