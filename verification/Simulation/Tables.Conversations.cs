using OrleansChat.Storage.Conversations;

namespace OrleansChat.Verification.Simulation;

/// <summary>The statements on conversations: what one account sees of another, and has noted of it.</summary>
internal sealed partial class Tables
{
    /// <summary>The incarnation of the database.</summary>
    public string Epoch { get; set; } = "0123456789abcdef";

    public Answer<StoredAccount> ReadAccount(string session) =>
        LiveSession(session) is not { User.AccountId: var me } live ? NoAnswer.NoSession : new StoredAccount(
            live.Owner, live.User.DisplayName, me, Epoch, _mailboxes[me].LastNumber, _mailboxes[me].Received);

    /// <summary>The name of a log's owner, if the session's owner has a conversation with them.</summary>
    public Answer<string> FindOwner(string session, string epoch, long log)
    {
        if (AccountOf(session) is not { } me) return NoAnswer.NoSession;
        if (epoch != Epoch) return NoAnswer.OtherEpoch;
        var isKnown = log == me || _members.ContainsKey((me, log));
        return isKnown && _accounts.TryGetValue(log, out var owner) ? owner.UserName : NoAnswer.NotFound;
    }

    public Answer<StoredList> List(string session, int limit, ListPosition? before)
    {
        if (AccountOf(session) is not { } me) return NoAnswer.NoSession;
        var end = before ?? new ListPosition(DateTimeOffset.MaxValue, long.MaxValue);
        var found = (
            from member in _members.Keys
            where member.Account == me
            let last = Latest(me, member.Log)
            where last is not null && (last.AcceptedAt, member.Log).CompareTo((end.AcceptedAt, end.PeerId)) < 0
            orderby last.AcceptedAt descending, member.Log descending
            select (Peer: member.Log, Last: last)).ToList();
        var shown = found.Take(limit).ToList();
        return new StoredList(
            Epoch, me, _mailboxes[me].LastNumber, [.. shown.Select(c => Describe(me, c.Peer, StoredConversation.MostUnreadInList))],
            found.Count > limit && shown is [.., var (peer, latest)] ? new ListPosition(latest.AcceptedAt, peer) : null);
    }

    public Answer<StoredConversation> Find(string session, string peer) =>
        AccountOf(session) is not { } me ? NoAnswer.NoSession
        : AccountNamed(peer) is not { } account ? NoAnswer.NotFound
        : Describe(me, account, StoredConversation.MostUnread);

    /// <summary>Moves a marker; nothing happens for a dead session, another epoch or an unknown peer.</summary>
    public void MarkRead(string session, string epoch, string peer, long upTo)
    {
        if (AccountOf(session) is not { } me || epoch != Epoch || AccountNamed(peer) is not { } account) return;
        var member = Member(me, account);
        member.Read = Math.Max(member.Read, Math.Min(upTo, _mailboxes[me].LastNumber));
    }

    /// <summary>How often it was set whether a peer is muted or blocked.</summary>
    public Answer<long> FindRevision(string session, string peer) =>
        AccountOf(session) is not { } me ? NoAnswer.NoSession
        : AccountNamed(peer) is not { } account ? NoAnswer.NotFound
        : _members.TryGetValue((me, account), out var member) ? member.Revision : 0;

    /// <summary>Sets whether a peer is muted or blocked, unless that was set since a revision was found.</summary>
    public bool Set(string session, string peer, long revision, Action<MemberModel> set)
    {
        if (AccountOf(session) is not { } me || AccountNamed(peer) is not { } account) return false;
        var member = Member(me, account);
        if (member.Revision != revision) return false;
        member.Revision++;
        set(member);
        return true;
    }

    public Answer<IReadOnlyList<string>> ListBlocked(string session)
    {
        if (AccountOf(session) is not { } me) return NoAnswer.NoSession;
        var names = _members.Where(m => m.Key.Account == me && m.Value.IsBlocked).Select(m => _accounts[m.Key.Log].UserName);
        return new Answer<IReadOnlyList<string>>([.. names.Order(StringComparer.Ordinal)], NoAnswer.None);
    }

    /// <summary>The first half of a receipt: what its snapshot shows. Another may commit before the second half.</summary>
    /// <returns>The account, the number that is asked for, and the present one.</returns>
    public Answer<(long Account, long Wanted, long Received)> SeeReceived(string session, string epoch, long number)
    {
        if (AccountOf(session) is not { } me) return NoAnswer.NoSession;
        if (epoch != Epoch) return NoAnswer.OtherEpoch;
        return (me, Math.Min(number, _mailboxes[me].LastNumber), _mailboxes[me].Received);
    }

    /// <summary>The second half: the read position rises, if it has not yet.</summary>
    public Answer<long> Receive(Answer<(long Account, long Wanted, long Received)> seen)
    {
        if (seen.Reason != NoAnswer.None) return seen.Reason;
        var (account, wanted, received) = seen.Value;
        Advance(account, wanted);
        return Math.Max(wanted, received);
    }

    private long? AccountOf(string session) => LiveSession(session)?.User.AccountId;

    private long? AccountNamed(string user)
    {
        foreach (var (id, account) in _accounts)
            if (account.UserName == user) return id;
        return null;
    }

    private StoredConversation Describe(long me, long peer, int mostUnread)
    {
        var member = _members.GetValueOrDefault((me, peer)) ?? new MemberModel();
        var unread = me == peer ? 0 : Direction(peer, me).Count(entry => entry.Number > member.Read);
        return new StoredConversation(
            _accounts[peer].UserName, _accounts[peer].DisplayName, me, Latest(me, peer), Math.Min(unread, mostUnread),
            _mailboxes[me].LastNumber, member.Read, member.IsMuted);
    }

    /// <summary>Of the last messages of the two directions, the one that was accepted later.</summary>
    private StoredEntry? Latest(long me, long peer)
    {
        var (received, sent) = (Direction(peer, me).LastOrDefault(), me == peer ? null : Direction(me, peer).LastOrDefault());
        return received is null || sent is null ? received ?? sent : OrderOf(sent).CompareTo(OrderOf(received)) > 0 ? sent : received;
    }
}
