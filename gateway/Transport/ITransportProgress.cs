namespace OrleansChat.Gateway.Transport;

/// <summary>
/// How far a connection has got: what was sent, acknowledged and received. A transport other than a plain socket supplies it as a
/// connection feature.
/// </summary>
internal interface ITransportProgress
{
    /// <summary>Whether the platform exposes TCP progress (Linux only).</summary>
    bool IsSupported => true;

    /// <summary>Takes a sample; false where there is none: the platform does not support it, or the socket is gone.</summary>
    bool TryRead(out TransportSample sample);

    /// <summary>How many bytes of the transport the flushed replies took; without TLS, exactly as many as were written.</summary>
    long SentFor(long written) => written;

    /// <summary>The offset in the transport's input at which a line began, or at which the TLS record with its first byte began.</summary>
    long OffsetOf(long lineStart) => lineStart;

    /// <summary>
    /// The offset in the transport's input before which every line that was read already began. Where there is no sample, nothing
    /// else is known of what has arrived.
    /// </summary>
    long Seen => 0;

    /// <summary>Tells how much of the connection's input was read.</summary>
    /// <param name="consumed">The offset up to which lines were taken from it.</param>
    /// <param name="arrived">The offset up to which it has arrived.</param>
    void Arrived(long consumed, long arrived) { }

    /// <summary>
    /// Tells a client that has ended its side that nothing more comes, where the end of the transport alone does not tell it. Only
    /// the first call has an effect.
    /// </summary>
    ValueTask FinishAsync() => ValueTask.CompletedTask;
}

/// <summary>The state of a connection at one moment. All counts are bytes since it was opened, without a proxy's header.</summary>
/// <param name="EndedByClient">Whether the client has closed its side in order, without a reset.</param>
/// <param name="Acknowledged">How much the client's TCP has acknowledged.</param>
/// <param name="Taken">How much the kernel has taken from this process to send.</param>
/// <param name="Received">How much has arrived from the client, read or not.</param>
/// <param name="IsOpen">Whether neither side has closed the TCP connection; in TLS the client may still have announced its end.</param>
internal readonly record struct TransportSample(bool EndedByClient, long Acknowledged, long Taken, long Received, bool IsOpen = false);
