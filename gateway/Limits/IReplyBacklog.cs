namespace OrleansChat.Gateway.Limits;

/// <summary>Replies that wait for a client to take them.</summary>
internal interface IReplyBacklog
{
    /// <summary>Bytes of replies that this process still holds for the client's TCP to take.</summary>
    /// <param name="taken">How many it has been given so far, of the transport's.</param>
    long WaitingBytes(out long taken);
}
