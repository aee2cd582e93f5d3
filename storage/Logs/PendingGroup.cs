namespace OrleansChat.Storage.Logs;

/// <summary>A queued group, and the answer that its caller waits for.</summary>
internal sealed class PendingGroup(MailboxGroup group)
    : TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    // A rough estimate of the objects and of a row's other columns.
    private const int BytesPerMessage = 256;

    /// <summary>The recipient's account.</summary>
    public long AccountId => group.AccountId;

    /// <summary>The number of the first of <see cref="Messages"/>.</summary>
    public long FirstNumber => group.FirstNumber;

    /// <summary>The grain key of the sender's session.</summary>
    public string SessionKey => group.SessionKey;

    /// <summary>The messages still to store: those of the group, except any found to be stored already.</summary>
    public IReadOnlyList<NewMessage> Messages { get; set; } = group.Messages;

    /// <summary>The approximate memory of the group.</summary>
    public int Bytes { get; } = BytesOf(group.Messages);

    private static int BytesOf(IReadOnlyList<NewMessage> messages)
    {
        var bytes = 0;
        for (var i = 0; i < messages.Count; i++) bytes += messages[i].Text.Length + BytesPerMessage;
        return bytes;
    }
}
