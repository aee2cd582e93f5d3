namespace OrleansChat.Gateway.Transport;

/// <summary>How far a connection has got. A transport other than a socket brings it as a connection feature.</summary>
internal interface ITransportProgress
{
    /// <summary>Whether this system tells anything of its connections: Linux does.</summary>
    bool CanTell => true;

    /// <summary>Takes a sample. False where there is nothing to be learned: another system, or the socket is gone.</summary>
    bool TryRead(out TransportSample sample);

    /// <summary>How many bytes of the transport the replies took that were flushed so far; without TLS as many as they have.</summary>
    long SentFor(long written) => written;

    /// <summary>Where in the transport's input a line began, or the TLS record that brought its first byte.</summary>
    long OffsetOf(long lineStart) => lineStart;

    /// <summary>
    /// Before which place in the transport's input a line began that was read already: all that is known of what has arrived where
    /// there is no sample.
    /// </summary>
    long Seen => 0;

    /// <summary>Says how much was read of the connection's input.</summary>
    /// <param name="consumed">Up to where it was taken for lines.</param>
    /// <param name="arrived">Up to where it has come.</param>
    void Arrived(long consumed, long arrived) { }

    /// <summary>Tells a client that has ended its side that nothing more comes, where the end of the transport does not; once.</summary>
    ValueTask FinishAsync() => ValueTask.CompletedTask;
}

/// <summary>The state of a connection at one moment; all counts are bytes since it was opened, a proxy's header left out.</summary>
/// <param name="EndedByClient">The client has ended its side in order, and nothing was reset.</param>
/// <param name="Acknowledged">What the client's TCP has acknowledged.</param>
/// <param name="Taken">What the kernel has taken from this process to send.</param>
/// <param name="Received">What arrived from the client, read or not.</param>
/// <param name="IsOpen">Nobody has ended anything, as far as the transport knows: in TLS a client may have said that it has.</param>
internal readonly record struct TransportSample(bool EndedByClient, long Acknowledged, long Taken, long Received, bool IsOpen = false);
