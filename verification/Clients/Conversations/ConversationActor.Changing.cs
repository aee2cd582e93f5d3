using OrleansChat.GrainInterfaces;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Clients.Conversations;

// What it changes.
internal partial class ConversationActor
{
    private readonly List<(UserEntry Recipient, long Log, long Number)> _own = [];

    /// <summary>Marks a conversation as read up to a number: the end of what it knows, an earlier one, or one that is too great.</summary>
    public Task MarkReadAsync(UserEntry peer, int choice)
    {
        var known = _user.Log.Rows.Count;
        var upTo = (choice % 4) switch
        {
            0 => known,
            1 => known + 1000,
            _ => choice / 4 % (known + 1),
        };
        var request = ledger.BeginMarkRead(_connection!, _session!, peer, upTo);
        return AskAsync<Conversation>(
            request, IsInEpoch(choice), (door, token, epoch) => door.MarkReadAsync(token, epoch, peer.Name, upTo),
            shown => ledger.ConversationRead(request, shown, upTo));
    }

    /// <summary>Mutes a conversation, or no longer.</summary>
    public Task MuteAsync(UserEntry peer, bool isMuted)
    {
        var request = Begin(RequestKind.FindConversation);
        return AskAsync<Conversation>(
            request, (door, token) => door.SetMutedAsync(token, peer.Name, isMuted), shown => ledger.ConversationRead(request, shown));
    }

    /// <summary>Blocks another user, or no longer, and asks who is blocked.</summary>
    public async Task BlockAsync(UserEntry peer, bool isBlocked)
    {
        if (peer == _user) return;
        var (request, wish) = ledger.BeginBlock(_connection!, _session!, peer, isBlocked);
        await AskAsync<Position>(
            request, (door, token) => door.SetBlockedAsync(token, peer.Name, isBlocked), _ => ledger.WishEnded(wish, isDone: true));
        if (wish.Done is null) ledger.WishEnded(wish, isDone: false);
        if (!IsReady) return;
        var listing = Begin(RequestKind.ListBlocked);
        await AskAsync<string[]>(listing, (door, token) => door.ListBlockedAsync(token), names => ledger.BlocksListed(listing, names));
    }

    /// <summary>Deletes a message that the user wrote; it reads a page first if it knows none.</summary>
    public async Task DeleteAsync(UserEntry peer, int choice)
    {
        if (_own.Count == 0)
            await ReadPageAsync(Begin(RequestKind.ReadPage), new PageRequest(peer.Name, PageKind.Newest, default, "", 9));
        if (_own.Count == 0 || !IsReady) return;
        var (recipient, log, number) = _own[choice % _own.Count];
        var request = ledger.BeginDelete(_connection!, _session!, recipient, number);
        await AskAsync<Position>(
            request, IsInEpoch(choice), (door, token, epoch) => door.DeleteAsync(token, epoch, recipient.Name, log, number),
            deletion => ledger.Deleted(request, recipient, number, deletion.Number),
            () => ledger.Deleted(request, recipient, number, null));
        // Then it looks where it was.
        if (!doors.IsLate || !IsReady) return;
        var place = log == _user.Log.Id ? new ConversationPlace(number, 0) : new ConversationPlace(0, number);
        await ReadPageAsync(
            Begin(RequestKind.ReadPage), new PageRequest(recipient.Name, PageKind.Around, place, _epoch!, 5), log: log);
    }

    /// <summary>Says that everything has arrived that it has read of the inbox by number.</summary>
    public Task ReceiveAsync(int choice)
    {
        var upTo = _read;
        var request = ledger.BeginReceive(_connection!, _session!, upTo);
        return AskAsync<Position>(
            request, IsInEpoch(choice), (door, token, epoch) => door.ReceiveAsync(token, epoch, upTo),
            position => ledger.Received(request, upTo, position.Number));
    }
}
