namespace OrleansChat.Verification.Variants;

/// <summary>
/// The service with one planted fault, to show that the checker finds it. The product does not know these faults: each one wraps an
/// interface of the product.
/// </summary>
internal enum Variant
{
    /// <summary>A send is acknowledged before its commit.</summary>
    AcknowledgeBeforeCommit,

    /// <summary>Messages that an <c>inbox</c> delivers leave the mailbox before the client has confirmed them.</summary>
    DrainBeforeReceipt,

    /// <summary>A gateway does not report its sessions again to a presence grain that starts without any state.</summary>
    ForgetEpoch,

    /// <summary>A logout is answered, but the token remains valid.</summary>
    AcceptLoggedOutToken,

    /// <summary>A repetition of <c>sendonce</c> is stored again.</summary>
    StoreRetryAgain,

    /// <summary>The first two messages of a pipelined batch are stored in the wrong order.</summary>
    SwapMessages,

    /// <summary>A session that is dead is told what is known of a recipient: nobody asks whether it is alive.</summary>
    TellDeadSession,

    /// <summary>The permits that an account lends are spent twice, as by two gateways.</summary>
    SpendLoanTwice,

    /// <summary>A receipt does not tell which message it is of: an ID that is used again for another one gets it.</summary>
    ForgetFingerprints,

    /// <summary>Neither presence nor the session's grain hears of the uses under a lease.</summary>
    UnreportedLease,
}
