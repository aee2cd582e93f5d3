namespace OrleansChat.Storage.Logs;

/// <summary>A queued group, and the answer that its caller waits for.</summary>
internal sealed class PendingGroup(MailboxGroup group)
    : TaskCompletionSource<Appended>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    // A rough estimate of the objects and of a row's other columns.
    private const int BytesPerMessage = 256;

    /// <summary>The recipient's account.</summary>
    public long AccountId => group.AccountId;

    /// <summary>Whether the log is a room.</summary>
    public bool IsRoom => group.IsRoom;

    /// <summary>The number of the first of <see cref="Messages"/>.</summary>
    public long FirstNumber => group.FirstNumber;

    /// <summary>The grain key of the sender's session.</summary>
    public string SessionKey => group.SessionKey;

    /// <summary>The messages still to store: those of the group, except any found to be stored already.</summary>
    public IReadOnlyList<NewMessage> Messages { get; set; } = group.Messages;

    /// <summary>The approximate memory of the group.</summary>
    public int Bytes { get; } = BytesOf(group.Messages);

    // Of each message of the group, where it was found; null for one still to store. Null while nothing was found.
    private StoredPlace?[]? _found;

    /// <summary>Takes what is known of <see cref="Messages"/>, in order: those that are stored need not be stored any more.</summary>
    public void Judge(List<MessageFacts> facts)
    {
        if (!facts.Exists(fact => fact.IsStored)) return;
        _found ??= new StoredPlace?[group.Messages.Count];
        var open = 0;
        foreach (var fact in facts)
        {
            while (_found[open] is not null) open++;
            if (fact.IsStored) _found[open] = fact.Place ?? new StoredPlace(AccountId, 0, fact.DatabaseTime);
            open++;
        }
        Messages = [.. group.Messages.Where((_, index) => _found[index] is null)];
    }

    /// <summary>Answers that the group is stored: what was open, by this commit.</summary>
    public void Stored(Commit commit)
    {
        var places = new StoredPlace[group.Messages.Count];
        var number = FirstNumber;
        for (var i = 0; i < places.Length; i++) places[i] = _found?[i] ?? new StoredPlace(AccountId, number++, commit.AcceptedAt);
        TrySetResult(new Appended(AppendResult.Stored, places, commit.Durability));
    }

    /// <summary>Answers that nothing of the group was stored.</summary>
    public void NotStored(AppendResult why) => TrySetResult(new Appended(why));

    private static int BytesOf(IReadOnlyList<NewMessage> messages)
    {
        var bytes = 0;
        for (var i = 0; i < messages.Count; i++) bytes += messages[i].Text.Length + BytesPerMessage;
        return bytes;
    }
}
