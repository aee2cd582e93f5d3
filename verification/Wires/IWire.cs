namespace OrleansChat.Verification.Wires;

/// <summary>Opens real or simulated connections to the service under test.</summary>
internal interface IWires
{
    /// <summary>The number of gateways to choose from, at least 1.</summary>
    int Gateways { get; }

    /// <summary>Connects to a gateway, numbered from 0 to <see cref="Gateways"/> - 1.</summary>
    /// <exception cref="WireBrokenException">Nobody listens there at the moment.</exception>
    Task<IWire> ConnectAsync(int gateway);
}

/// <summary>One client's TCP connection, for one writer and one reader at a time.</summary>
internal interface IWire
{
    /// <summary>Hands bytes to TCP; if the connection breaks, all, some or none of them arrive.</summary>
    /// <exception cref="WireBrokenException">The connection is known to be broken.</exception>
    Task WriteAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>The next complete reply without its line ends; null if the service closed the connection in order.</summary>
    /// <exception cref="WireBrokenException">The connection was reset or abandoned before a complete reply had arrived.</exception>
    Task<string?> ReadReplyAsync();

    /// <summary>Closes this side in order (FIN); replies still arrive.</summary>
    void EndWriting();

    /// <summary>Resets the connection: unread data is lost.</summary>
    void Reset();

    /// <summary>
    /// Falls silent like a machine without power: nothing is sent, received or acknowledged any more. Where that is impossible,
    /// <see cref="Reset"/>.
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
