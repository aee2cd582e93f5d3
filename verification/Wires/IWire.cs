namespace OrleansChat.Verification.Wires;

/// <summary>Opens connections to the service under test: real ones, or simulated ones.</summary>
internal interface IWires
{
    /// <summary>How many gateways there are to choose from; 1 or more.</summary>
    int Gateways { get; }

    /// <summary>Connects to a gateway, 0 to <see cref="Gateways"/> - 1.</summary>
    /// <exception cref="WireBrokenException">Nobody listens there for now.</exception>
    Task<IWire> ConnectAsync(int gateway);
}

/// <summary>One client's TCP connection. One writer and one reader at a time.</summary>
internal interface IWire
{
    /// <summary>Hands bytes to TCP; some of them may arrive, or none, if the connection breaks.</summary>
    /// <exception cref="WireBrokenException">The connection is known to be broken.</exception>
    Task WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>The next whole reply without its line ends; null when the service ended the connection in order.</summary>
    /// <exception cref="WireBrokenException">It broke before a whole reply was there: reset, or given up.</exception>
    Task<string?> ReadReplyAsync();

    /// <summary>Ends this side in order (FIN); replies still come.</summary>
    void EndWriting();

    /// <summary>Resets the connection: what was not read is lost.</summary>
    void Reset();

    /// <summary>
    /// Falls silent as a machine without power does: nothing is sent, received or acknowledged any more. Where that cannot
    /// be had, <see cref="Reset"/>.
    /// </summary>
    void Vanish();
}

/// <summary>A connection broke, or could not be opened.</summary>
internal sealed class WireBrokenException : IOException
{
    public WireBrokenException() { }
    public WireBrokenException(string message) : base(message) { }
    public WireBrokenException(string message, Exception innerException) : base(message, innerException) { }
}
