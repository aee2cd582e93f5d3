namespace OrleansChat.Gateway.Limits;

/// <summary>Replies that wait for a client to take them.</summary>
internal interface IReplyBacklog
{
    /// <summary>How many bytes of replies this process still holds for the client's TCP to take.</summary>
    /// <param name="taken">How many bytes of the transport the client's TCP has been given so far.</param>
    long WaitingBytes(out long taken);
}
