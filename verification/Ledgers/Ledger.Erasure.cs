namespace OrleansChat.Verification.Ledgers;

/// <summary>Knows who was removed and erased, and judges what is shown of them.</summary>
internal sealed partial class Ledger
{
    private const string ErasedPrefix = "removed-";

    /// <summary>Records that an operator is about to remove a user: from now on sessions may end, and sends may be refused.</summary>
    public void BeginRemoval(UserEntry user)
    {
        lock (_gate)
        {
            var now = Now();
            user.RemovalBegun = now;
            foreach (var session in user.Sessions) session.LogoutTried ??= now;
        }
    }

    /// <summary>
    /// Records that the removal was answered: the user sends nothing and gets nothing from now on. What changes nothing may be answered
    /// until the silos have heard of it.
    /// </summary>
    public void Removed(UserEntry user)
    {
        lock (_gate)
        {
            var now = Now();
            user.Removed = now;
            // Nothing promises when presence learns of it.
            user.MayLinger = now.At + AfterSilence;
        }
    }

    /// <summary>Records that an operator is about to erase a removed user: from now on either name may be shown.</summary>
    public void BeginErasure(UserEntry user)
    {
        lock (_gate) user.ErasureBegun = Now();
    }

    /// <summary>Records that the erasure was answered: the name is shown no more.</summary>
    public void Erased(UserEntry user)
    {
        lock (_gate) user.Erased = Now();
    }

    /// <summary>Whether a reply may show a sender under a name.</summary>
    private bool MayBeShownAs(UserEntry sender, string name, RequestEntry request, Moment now)
    {
        if (name != sender.Name) return sender.ErasureBegun is not null && name.StartsWith(ErasedPrefix, StringComparison.Ordinal);
        if (sender.Erased is { } erased && erased.IsBefore(request.Begun))
            Accuse(Invariants.ExpiredIsGone, $"{name} is shown as a sender after the name was erased",
                new History().Add(erased, $"the erasure of {name} was answered").Add(request, now));
        return true;
    }

    private void JudgeRemoved(RequestEntry request, MessageEntry message, Moment now)
    {
        var (sender, recipient) = (message.Stream.Sender, message.Stream.Recipient);
        if (sender.Removed is { } gone && gone.IsBefore(message.Begun))
            Accuse(Invariants.LoggedOutOpensNothing, $"{History.Name(message)} was accepted after its sender was removed",
                new History().Add(gone, $"the removal of {sender.Name} was answered").Add(message).Add(request, now));
        if (recipient.Removed is { } removed && removed.IsBefore(message.Begun))
            Accuse(Invariants.ExpiredIsGone, $"{History.Name(message)} was accepted after its recipient was removed",
                new History().Add(removed, $"the removal of {recipient.Name} was answered").Add(message).Add(request, now));
    }
}
