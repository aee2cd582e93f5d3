using OrleansChat.GrainInterfaces;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Clients.Conversations;

// What it reads.
internal partial class ConversationActor
{
    private const int MostPages = 8;

    // Where it has been in a conversation, and a message that it saw there.
    private readonly Dictionary<UserEntry, ConversationPlace> _places = [];
    private readonly Dictionary<UserEntry, LogEntry> _seen = [];

    /// <summary>The number up to which the inbox was read, without a gap.</summary>
    private long _read;

    /// <summary>Reads pages of a conversation: from somewhere to an end, and back.</summary>
    /// <param name="peer">The other user.</param>
    /// <param name="choice">Any number; it decides where to begin, and how many entries to ask for.</param>
    public async Task WalkAsync(UserEntry peer, int choice)
    {
        var hasBeen = _places.TryGetValue(peer, out var place);
        var kind = (PageKind)(choice % 4);
        var log = 0L;
        if (kind == PageKind.Around && _seen.TryGetValue(peer, out var around)) (place, log) = (PlaceOf(around), around.LogId);
        else if (kind == PageKind.Around || !hasBeen) kind = PageKind.Newest;
        var isBack = kind != PageKind.After;
        for (var pages = 0; pages < MostPages && IsReady; pages++)
        {
            var asked = new PageRequest(peer.Name, kind, place, _epoch!, 1 + (choice / 4 % 9));
            if (await ReadPageAsync(Begin(RequestKind.ReadPage), asked, IsInEpoch(choice), log) is not { } page) return;
            // At one end it turns round, once.
            if (isBack && page.Older is null && page.Newer is not null) isBack = false;
            if ((isBack ? page.Older : page.Newer) is not { } next) return;
            _places[peer] = place = next;
            kind = isBack ? PageKind.Before : PageKind.After;
        }
    }

    /// <summary>Lists conversations, from the newest on.</summary>
    public async Task ListAsync(int limit)
    {
        var before = default(ListPlace?);
        do
        {
            var (request, from) = (Begin(RequestKind.ListConversations), before);
            var list = await AskAsync<ConversationList>(
                request, (door, token) => door.ListConversationsAsync(token, limit, from),
                list => ledger.ConversationsListed(request, from, list));
            _epoch ??= list?.Epoch;
            before = list?.Older;
        }
        while (before is not null && IsReady);
    }

    /// <summary>Reads one conversation.</summary>
    public Task FindAsync(UserEntry peer)
    {
        var request = Begin(RequestKind.FindConversation);
        return AskAsync<Conversation>(
            request, (door, token) => door.FindConversationAsync(token, peer.Name), shown => ledger.ConversationRead(request, shown));
    }

    /// <summary>Reads the inbox by number, from the beginning or from where it was read last, to its end.</summary>
    /// <param name="fromTheBeginning">Whether to begin with number 1.</param>
    /// <param name="limit">How many entries to ask for at once.</param>
    /// <param name="parts">The most requests.</param>
    public async Task ReadLogAsync(bool fromTheBeginning, int limit, int parts = int.MaxValue)
    {
        var after = fromTheBeginning ? 0 : _read;
        while (IsReady && parts-- > 0)
        {
            var (request, from) = (Begin(RequestKind.ReadLog), after);
            var part = await AskAsync<LogPart>(
                request, (door, token) => door.ReadLogAsync(token, _epoch!, from, limit), part => ledger.LogRead(request, from, part));
            // What the purge has deleted was received.
            if (doors.IsLate && part?.First is { } first) _read = Math.Max(_read, first - 1);
            if (part?.Entries is not [.., var last]) return;
            after = last.Number;
            if (from <= _read) _read = Math.Max(_read, after);
        }
    }

    /// <summary>Tries a logged-out session of the user.</summary>
    public async Task TryLoggedOutAsync(UserEntry peer)
    {
        if (_user.LastLoggedOut is not { } session) return;
        await ReadPageAsync(
            ledger.Begin(RequestKind.ReadPage, _connection!, _user, session), new PageRequest(peer.Name, PageKind.Newest, default, "", 1));
    }

    private async Task<ConversationPage?> ReadPageAsync(RequestEntry request, PageRequest asked, bool isInEpoch = true, long log = 0)
    {
        // The newest page is not asked for by numbers.
        var page = await AskAsync<ConversationPage>(
            request, isInEpoch || asked.Kind == PageKind.Newest,
            (door, token, epoch) => door.ReadPageAsync(token, asked with { Epoch = epoch }, log),
            page => ledger.PageRead(request, asked, page),
            () => ledger.NotFound(request, asked));
        var peer = ledger.User(asked.Peer);
        foreach (var entry in page?.Entries ?? [])
        {
            _seen[peer] = entry;
            if (entry.Sender == user.Name && entry.Target is null) _own.Add((peer, entry.LogId, entry.Number));
        }
        return page;
    }

    // A message to oneself is in one's own inbox.
    private ConversationPlace PlaceOf(LogEntry entry) =>
        entry.LogId == _user.Log.Id ? new(entry.Number, 0) : new(0, entry.Number);
}
