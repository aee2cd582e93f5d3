using System.Collections.Concurrent;
using OrleansChat.Storage.Conversations;

namespace OrleansChat.Verification.Variants;

/// <summary>The conversations, with the fault of a <see cref="Variant"/>.</summary>
internal sealed class BrokenConversations(IConversations conversations, Variant variant) : IConversations
{
    private readonly ConcurrentDictionary<(long Log, long Number), StoredEntry> _remembered = [];

    public Task<Answer<StoredAccount>> ReadAccountAsync(string sessionKey) => conversations.ReadAccountAsync(sessionKey);

    public Task<Answer<string>> FindOwnerAsync(string sessionKey, string epoch, long logId) =>
        conversations.FindOwnerAsync(sessionKey, epoch, logId);

    public async Task<Answer<StoredPage>> ReadPageAsync(string sessionKey, PageQuery request)
    {
        var answer = await conversations.ReadPageAsync(sessionKey, request);
        if (answer.Value is not { } page) return answer;
        if (variant == Variant.RememberTexts)
            return page with { Entries = [.. page.Entries.Select(e => _remembered.GetOrAdd((e.LogId, e.Number), e))] };
        return variant == Variant.SkipTies ? await SkipTiesAsync(sessionKey, request, page) : answer;
    }

    public Task<Answer<StoredList>> ListAsync(string sessionKey, int limit, ListPosition? before) =>
        conversations.ListAsync(sessionKey, limit, before);

    public async Task<Answer<StoredConversation>> FindAsync(string sessionKey, string peer)
    {
        var answer = await conversations.FindAsync(sessionKey, peer);
        // The last message is the owner's own if it is in another inbox.
        return variant == Variant.CountOwnMessage && answer.Value is { Last: { } last } found && last.LogId != found.LogId
            ? found with { Unread = found.Unread + 1 }
            : answer;
    }

    public Task<Answer<StoredConversation>> SetMutedAsync(string sessionKey, string peer, bool isMuted) =>
        conversations.SetMutedAsync(sessionKey, peer, isMuted);

    public async Task<Answer<StoredConversation>> MarkReadAsync(string sessionKey, string epoch, string peer, long upTo)
    {
        var answer = await conversations.MarkReadAsync(sessionKey, epoch, peer, upTo);
        return variant == Variant.LowerMarker && answer.Value is { } marked ? marked with { Read = Math.Min(upTo, marked.Read) } : answer;
    }

    public Task<Answer<bool>> SetBlockedAsync(string sessionKey, string peer, bool isBlocked) =>
        conversations.SetBlockedAsync(sessionKey, peer, isBlocked && variant != Variant.ForgetBlock);

    public Task<Answer<IReadOnlyList<string>>> ListBlockedAsync(string sessionKey) => conversations.ListBlockedAsync(sessionKey);

    public Task<Answer<StoredPart>> ReadLogAsync(string sessionKey, string epoch, long after, int limit) =>
        conversations.ReadLogAsync(sessionKey, epoch, after, limit);

    public Task<Answer<long>> ReceiveAsync(string sessionKey, string epoch, long number) =>
        conversations.ReceiveAsync(sessionKey, epoch, number);

    public Task<string> GetEpochAsync() => conversations.GetEpochAsync();

    /// <summary>The cursor is a time: what was accepted together with the first entry of the page is taken for read.</summary>
    private async Task<Answer<StoredPage>> SkipTiesAsync(string sessionKey, PageQuery request, StoredPage page)
    {
        while (page is { Older: { } place, Entries: [var first, ..] })
        {
            var next = await conversations.ReadPageAsync(
                sessionKey, new PageQuery(request.Peer, PageSide.Before, place, page.Epoch, 1));
            if (next.Value is not { Entries: [var before] } || before.AcceptedAt != first.AcceptedAt) break;
            page = page with { Older = next.Value.Older };
        }
        return page;
    }
}
