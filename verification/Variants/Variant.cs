namespace OrleansChat.Verification.Variants;

/// <summary>
/// The service with one fault planted in it, to show that the checker finds such a fault. The product knows nothing of them: each is
/// a wrapper round one of its seams.
/// </summary>
internal enum Variant
{
    /// <summary>A send is acknowledged before its commit.</summary>
    AcknowledgeBeforeCommit,

    /// <summary>What an <c>inbox</c> hands over leaves the mailbox before the client has shown that it received it.</summary>
    DrainBeforeReceipt,

    /// <summary>A gateway does not report its sessions again to a presence grain that starts afresh.</summary>
    ForgetEpoch,

    /// <summary>A logout is answered, and the token stays good.</summary>
    AcceptLoggedOutToken,

    /// <summary>A repetition of <c>sendonce</c> is stored again.</summary>
    StoreRetryAgain,

    /// <summary>The first two messages of a pipelined batch are stored in the wrong order.</summary>
    SwapMessages,
}
