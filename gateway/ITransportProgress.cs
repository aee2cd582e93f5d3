namespace OrleansChat.Gateway;

/// <summary>How far a connection has got. A transport other than a socket brings it as a connection feature.</summary>
internal interface ITransportProgress
{
    /// <summary>Takes a sample. False where there is nothing to be learned: another system, or the socket is gone.</summary>
    bool TryRead(out TransportSample sample);
}

/// <summary>The state of a connection at one moment; all counts are bytes since it was opened.</summary>
/// <param name="EndedByClient">The client has ended its side in order, and nothing was reset.</param>
/// <param name="Acknowledged">What the client's TCP has acknowledged.</param>
/// <param name="Taken">What the kernel has taken from this process to send.</param>
/// <param name="Received">What arrived from the client, read or not.</param>
internal readonly record struct TransportSample(bool EndedByClient, long Acknowledged, long Taken, long Received);
