namespace OrleansChat.Identifiers;

/// <summary>
/// What a test build (<c>-p:FaultPoints=true</c>) can have broken on purpose, to show that the checker finds it. In every
/// other build nothing can.
/// </summary>
public enum FaultPoint
{
    /// <summary>A send is answered as soon as it has queued.</summary>
    AcknowledgeBeforeCommit,

    /// <summary>Messages leave the mailbox when they are handed over.</summary>
    DrainBeforeReceipt,

    /// <summary>A gateway does not notice that the presence grain started afresh, and tells it only what changes.</summary>
    ForgetEpoch,

    /// <summary>A logout deletes nothing.</summary>
    AcceptLoggedOutToken,

    /// <summary>A repeated <c>sendonce</c> is stored again.</summary>
    StoreRetryAgain,

    /// <summary>The first two messages of a delivery change places.</summary>
    SwapMessages,
}
