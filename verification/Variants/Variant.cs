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

    /// <summary>
    /// Who was a member of a room once may write to it for ever: the membership is remembered, and the insert does not ask.
    /// </summary>
    RememberMembers,

    /// <summary>A receipt moves the inbox alone: what was received of rooms is handed over again.</summary>
    ForgetRoomReceipts,

    /// <summary>A marker falls when a lower number is marked.</summary>
    LowerMarker,

    /// <summary>The last message of a conversation counts as unread, also if it is one's own.</summary>
    CountOwnMessage,

    /// <summary>The cursor of a page is a time: of the messages of one commit, it may leave some out.</summary>
    SkipTies,

    /// <summary>Pages show messages as they were when they were first read: a deleted text stays.</summary>
    RememberTexts,

    /// <summary>Who has read a page of a room is shown it again when they are not a member any more.</summary>
    ReadAfterRemoval,

    /// <summary>A block is answered, and not set.</summary>
    ForgetBlock,

    /// <summary>A receipt of several logs moves the first of them alone, and is answered as if it had moved all.</summary>
    ReceiveOneLog,

    /// <summary>A sender who was admitted once is for ever, and the insert does not ask for blocks.</summary>
    IgnoreBlocks,

    /// <summary>The ids of messages are not unique: no gap in the numbers is all that refuses a repetition.</summary>
    NoUniqueIds,

    /// <summary>The purge deletes what is old, whether or not it was received.</summary>
    PurgeUnreceived,

    /// <summary>A log whose messages are all deleted begins again at number 1.</summary>
    ForgetNumbers,

    /// <summary>Something can come between the entry of a change of a room and what it changes.</summary>
    SplitChanges,
}

/// <summary>What is said of variants.</summary>
internal static class VariantExtensions
{
    /// <summary>Whether only the simulation has the fault: it lies in the tables.</summary>
    public static bool IsSimulatedOnly(this Variant variant) => variant >= Variant.IgnoreBlocks;

    /// <summary>Whether only real processes show the fault: the simulation has no door through which several logs are received.</summary>
    public static bool IsRealOnly(this Variant variant) => variant == Variant.ReceiveOneLog;
}
