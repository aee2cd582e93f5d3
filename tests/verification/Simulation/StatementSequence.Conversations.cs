using OrleansChat.Storage.Conversations;
using OrleansChat.Verification.Simulation;

namespace OrleansChat.Verification.Tests.Simulation;

/// <summary>The statements on conversations.</summary>
internal sealed partial class StatementSequence
{
    // The ends of the pages so far, of the conversation of a session with a peer.
    private readonly Dictionary<(string Session, string Peer), Place> _places = [];
    private ListPosition? _listed;

    private Task ConverseAsync()
    {
        var (session, peer) = (PickSession(), _random.Next(20) == 0 ? "nobody" : $"user{_random.Next(Users) + 1}");
        var epoch = _random.Next(20) == 0 ? "another" : _model.Epoch;
        return _random.Next(11) switch
        {
            < 4 => ReadPagesAsync(session, peer, epoch),
            4 => ListAsync(session),
            5 => MarkReadAsync(session, peer, epoch),
            6 => SetAsync(session, peer),
            7 => ReadLogAsync(session, epoch),
            8 => ReceiveAsync(session, epoch),
            9 => ReadAccountAsync(session, epoch),
            _ => FindAsync(session, peer),
        };
    }

    // One page, or on from page to page.
    private async Task ReadPagesAsync(string session, string peer, string epoch)
    {
        var side = (PageSide)_random.Next(4);
        var place = side == PageSide.Around ? AnyMessage(session, peer)
            : _places.TryGetValue((session, peer), out var known) && _random.Next(3) != 0 ? known
            : new Place(_random.Next(12), _random.Next(12));
        for (var i = _random.Next(3); i >= 0; i--)
        {
            var query = new PageQuery(peer, side, place, epoch, _random.Next(1, 6));
            var page = _model.ReadPage(session, query, RealTables.MaxBytes);
            Same($"page {query} by {session}", page, await real.Conversations.ReadPageAsync(session, query));
            Outcomes.Add($"page {side} {page.Reason}");
            var (older, newer) = (page.Value?.Older, page.Value?.Newer);
            Outcomes.Add($"older {older is not null}, newer {newer is not null}");
            if ((_random.Next(2) == 0 ? older ?? newer : newer ?? older) is not { } next) return;
            _places[(session, peer)] = place = next;
            side = next == newer ? PageSide.After : PageSide.Before;
        }
    }

    // Mostly one that there is.
    private Place AnyMessage(string session, string peer)
    {
        var me = _model.LiveSession(session)?.User.AccountId ?? 1;
        var isReceived = _random.Next(2) == 0;
        var log = isReceived ? me : long.TryParse(peer["user".Length..], out var account) ? account : 1;
        var rows = _model.Mailboxes[log].After(0).ToList();
        var number = rows.Count == 0 || _random.Next(10) == 0 ? _random.Next(30) : Pick(rows).Number;
        return isReceived ? new Place(number, 0) : new Place(0, number);
    }

    private async Task ListAsync(string session)
    {
        var (limit, before) = (_random.Next(1, 4), _random.Next(2) == 0 ? null : _listed);
        var list = _model.List(session, limit, before);
        Same($"list {limit} before {before} by {session}", list, await real.Conversations.ListAsync(session, limit, before));
        _listed = list.Value?.Older ?? _listed;
        Outcomes.Add($"list {list.Value?.Older is not null}");
    }

    private async Task ReadAccountAsync(string session, string epoch)
    {
        var own = _model.ReadAccount(session);
        Same($"account of {session}", own, await real.Conversations.ReadAccountAsync(session));
        var log = _random.Next(Users) + 1L;
        var owner = _model.FindOwner(session, epoch, log);
        Same($"owner of {log} by {session}", owner, await real.Conversations.FindOwnerAsync(session, epoch, log));
        Outcomes.Add($"account {own.Reason}");
        Outcomes.Add($"owner {owner.Reason}");
    }

    private async Task FindAsync(string session, string peer)
    {
        var found = _model.Find(session, peer);
        Same($"find {peer} by {session}", found, await real.Conversations.FindAsync(session, peer));
        Outcomes.Add($"unread {found.Value?.Unread > 0}, read {found.Value?.Read > 0}");
    }

    private async Task MarkReadAsync(string session, string peer, string epoch)
    {
        var upTo = AnyPosition(_model.LiveSession(session)?.User.AccountId ?? 1);
        _model.MarkRead(session, epoch, peer, upTo);
        var answer = await real.Conversations.MarkReadAsync(session, epoch, peer, upTo);
        var found = _model.Find(session, peer);
        Same($"mark {peer} up to {upTo} by {session}",
            found.Reason == NoAnswer.NoSession || epoch == _model.Epoch ? found : NoAnswer.OtherEpoch, answer);
        Outcomes.Add($"unread {found.Value?.Unread > 0}, read {found.Value?.Read > 0}");
    }

    private async Task SetAsync(string session, string peer)
    {
        var isSet = _random.Next(2) == 0;
        if (_random.Next(3) == 0)
        {
            Set(member => member.IsMuted = isSet);
            Same($"mute {peer} {isSet} by {session}",
                _model.Find(session, peer), await real.Conversations.SetMutedAsync(session, peer, isSet));
            return;
        }
        Answer<bool> answer = Set(member => member.IsBlocked = isSet) is not NoAnswer.None and var reason ? reason : true;
        Same($"block {peer} {isSet} by {session}", answer, await real.Conversations.SetBlockedAsync(session, peer, isSet));
        var blocked = _model.ListBlocked(session);
        Same($"blocked by {session}", blocked, await real.Conversations.ListBlockedAsync(session));
        Outcomes.Add($"blocks {blocked.Value?.Count > 0}");

        // A statement whose caller gave up before another one was answered.
        var late = _model.FindRevision(session, peer).Value - _random.Next(2);
        Same($"block {peer} {!isSet} by {session} after {late}",
            _model.Set(session, peer, late, member => member.IsBlocked = !isSet), await real.SetBlockedAsync(session, peer, !isSet, late));

        NoAnswer Set(Action<MemberModel> set)
        {
            var (revision, reason) = _model.FindRevision(session, peer);
            if (reason == NoAnswer.None) _model.Set(session, peer, revision, set);
            return reason;
        }
    }

    private async Task ReadLogAsync(string session, string epoch)
    {
        var (after, limit) = (AnyPosition(_model.LiveSession(session)?.User.AccountId ?? 1) - _random.Next(10), _random.Next(1, 6));
        var part = _model.ReadLog(session, epoch, after, limit, RealTables.MaxBytes);
        Same($"log after {after}, {limit} by {session}", part, await real.Conversations.ReadLogAsync(session, epoch, after, limit));
        Outcomes.Add($"log {part.Reason}, purged {part.Value?.First is not null}");
        if (part.Value?.Entries is not [.., { LogId: var log, Number: var number }]) return;
        Same($"deletion of {number} by {session}",
            _model.FindDeletion(log, session, number), await real.Mailbox.FindDeletionAsync(log, session, number));
    }

    private async Task ReceiveAsync(string session, string epoch)
    {
        var number = AnyPosition(_model.LiveSession(session)?.User.AccountId ?? 1);
        var received = _model.Receive(_model.SeeReceived(session, epoch, number));
        Same($"receive {number} by {session}", received, await real.Conversations.ReceiveAsync(session, epoch, number));
        Outcomes.Add($"receive {received.Reason}");
    }
}
