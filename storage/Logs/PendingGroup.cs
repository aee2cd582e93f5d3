namespace OrleansChat.Storage.Logs;

/// <summary>A queued group and the answer that its caller waits for.</summary>
internal sealed class PendingGroup(MailboxGroup group)
    : TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    // A rough share of objects and of a row's other columns.
    private const int BytesAMessage = 256;

    /// <summary>The recipient.</summary>
    public long AccountId => group.AccountId;

    /// <summary>The number of the first of <see cref="Messages"/>.</summary>
    public long FirstNumber => group.FirstNumber;

    /// <summary>The sender's session.</summary>
    public string SessionKey => group.SessionKey;

    /// <summary>What is to be stored: the group's messages without those that turned out to be stored already.</summary>
    public IReadOnlyList<NewMessage> Messages { get; set; } = group.Messages;

    /// <summary>What the group costs in memory, about.</summary>
    public int Bytes { get; } = BytesOf(group.Messages);

    private static int BytesOf(IReadOnlyList<NewMessage> messages)
    {
        var bytes = 0;
        for (var i = 0; i < messages.Count; i++) bytes += messages[i].Text.Length + BytesAMessage;
        return bytes;
    }
}
