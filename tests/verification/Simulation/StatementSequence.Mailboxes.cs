using OrleansChat.Identifiers;
using OrleansChat.Storage.Logs;
using OrleansChat.Verification.Simulation;

namespace OrleansChat.Verification.Tests.Simulation;

/// <summary>The statements on mailboxes.</summary>
internal sealed partial class StatementSequence
{
    private static readonly TimeSpan TooOldToPurge = TimeSpan.FromMinutes(11);
    private static readonly TimeSpan OldEnoughToPurge = TimeSpan.FromMinutes(13);
    private static readonly TimeSpan?[] Retentions = [TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromDays(1), null];

    private async Task AppendAsync()
    {
        var groups = MakeBatch();
        var what = "[" + string.Join("; ", groups.Select(g =>
            $"{g.SessionKey} to {g.AccountId}/{g.FirstNumber}: {string.Join(", ", g.Messages.Select(m => $"{m.Id} {m.OnceId}"))}")) + "]";
        var facts = await JudgeAsync("judge " + what, groups);
        var isStored = await real.Connection.TryInsertAsync(groups);
        var acceptedAt = isStored ? await real.AcceptedAtAsync(groups, AnyTime()) : Now;
        var stored = _model.Accept(groups, Tables.ChecksOf(groups, new StoredNumbers()), Now) is { } rows
            && _model.Commit(rows.ConvertAll(row => row with { AcceptedAt = acceptedAt }));
        Same("insert " + what, stored, isStored);
        if (_random.Next(4) == 0)
            await JudgeAsync("judge again " + what, groups);

        Outcomes.Add($"insert {stored}");
        Outcomes.Add($"dead {facts.Exists(f => !f.IsSessionAlive)}");
        Outcomes.Add($"out of time {facts.Exists(f => f.IsOutOfTime)}");
        Outcomes.Add($"deleted {stored && Array.Exists(groups, g => g.Messages.Any(m => m.Target is not null))}");
        Outcomes.Add($"target gone {facts.Exists(f => f.IsTargetGone)}");
        Outcomes.Add($"blocked {facts.Exists(f => f.IsBlocked)}");
        Outcomes.Add($"said {stored && Array.Exists(groups, g => g.IsRoom)}");
        Outcomes.Add($"bound {facts.Exists(f => f.IsBound)}");
        Outcomes.Add($"stored {facts.Exists(f => f.IsStored)}");
        Outcomes.Add($"gap {Array.Exists(groups, g => g.FirstNumber > _model.Ends(g.AccountId).Last + 1)}");
    }

    private async Task<List<MessageFacts>> JudgeAsync(string what, PendingGroup[] groups)
    {
        var facts = _model.Judge(groups, Now).ConvertAll(Timeless);
        Same(what, facts, (await real.Connection.JudgeAsync(groups)).ConvertAll(Timeless));
        return facts;

        static MessageFacts Timeless(MessageFacts facts) => facts with { DatabaseTime = default };
    }

    private PendingGroup[] MakeBatch()
    {
        var next = new Dictionary<long, long>();
        var groups = new PendingGroup[_random.Next(1, 5)];
        for (var i = 0; i < groups.Length; i++)
        {
            var room = _random.Next(3) == 0 ? AnyRoom() : null;
            var account = room?.Log ?? (_random.Next(40) == 0 ? 99 : _random.Next(Users) + 1L);
            var number = next.GetValueOrDefault(account, _model.Ends(account).Last + 1)
                + (_random.Next(12) == 0 ? Pick([-2, -1, 1, 2]) : 0);
            var session = room is null ? PickSession() : PickVisitor(room.Name);
            var messages = Enumerable.Range(0, _random.Next(1, 4))
                .Select(_ => _random.Next(8) == 0 ? MakeDeletion(account, session, number) : MakeMessage()).ToArray();
            next[account] = number + messages.Length;
            groups[i] = new PendingGroup(new MailboxGroup(account, Math.Max(1, number), session, messages, IsRoom: room is not null));
        }
        return groups;
    }

    private NewMessage MakeMessage()
    {
        var id = _random.Next(60) switch
        {
            0 => MessageId.New(_random.Next(2) == 0 ? Now - TooOldToPurge : Now + TimeSpan.FromMinutes(1)),
            1 or 2 when _ids.Count > 0 => _ids[^_random.Next(1, Math.Min(_ids.Count, 20) + 1)],
            _ => MessageId.New(Now - TimeSpan.FromMinutes(_random.Next(9))),
        };
        _ids.Add(id);
        var once = _random.Next(4) != 0 ? null : $"o{_random.Next(OnceIds)}";
        return new NewMessage(id, MakeText(), once, once is null ? null : MakeText());
    }

    // Mostly of a message of the session's owner; at times of one that the same statement stores.
    private NewMessage MakeDeletion(long account, string session, long next)
    {
        var sender = _model.LiveSession(session)?.User.AccountId;
        var own = _model.Mailboxes.TryGetValue(account, out var mailbox)
            ? mailbox.After(0).Where(row => row.Row.SenderId == sender && row.Row.Message.Target is null).ToList()
            : [];
        var target = own.Count > 0 && _random.Next(4) != 0 ? Pick(own).Number : next + _random.Next(-3, 2);
        return new NewMessage(MessageId.New(Now), [], Target: target);
    }

    // Now; or another time, so that times fall while numbers rise, and are the same.
    private DateTimeOffset? AnyTime() => _random.Next(2) == 0
        ? null
        : DateTimeOffset.FromUnixTimeSeconds(Now.ToUnixTimeSeconds() - _random.Next(4));

    private byte[] MakeText()
    {
        var text = new byte[_random.Next(100)];
        _random.NextBytes(text);
        return text;
    }

    private string PickSession()
    {
        var alive = _sessions.FindAll(session => _model.LiveSession(session) is not null);
        return alive.Count == 0 || _random.Next(20) == 0 ? Pick(_sessions) : Pick(alive);
    }

    // Rows from before, which the purge deletes or, by the minute between, spares: stored as though it were earlier.
    private async Task AppendOldAsync()
    {
        var account = _random.Next(Users) + 1L;
        var age = _random.Next(6) == 0 ? TooOldToPurge : OldEnoughToPurge;
        NewMessage[] messages = [.. Enumerable.Range(0, 3).Select(_ => new NewMessage(MessageId.New(Now - age), MakeText(), null))];
        var group = new PendingGroup(new MailboxGroup(account, _model.Ends(account).Last + 1, PickSession(), messages));
        if (_model.Accept([group], Tables.ChecksOf([group], new StoredNumbers()), Now - age) is not { } rows) return;
        Assert.True(_model.Commit(rows));
        foreach (var row in rows) await real.InsertOldAsync(row);
        _ids.AddRange(messages.Select(message => message.Id));
    }

    private Task ChangeRetentionAsync(TimeSpan? keep)
    {
        _model.Retention = keep;
        return real.SetRetentionAsync(keep);
    }

    private async Task PurgeAsync()
    {
        if (_random.Next(3) == 0) await ChangeRetentionAsync(Pick(Retentions));
        var before = _model.Mailboxes.Values.Sum(mailbox => mailbox.Purged);
        _model.Purge(_model.FindExpired(Now));
        _model.ForgetRooms(Now);
        var purged = _model.Mailboxes.Values.Sum(mailbox => mailbox.Purged) - before;
        Same("purge", purged, await real.PurgeAsync());
        Outcomes.Add($"purge {purged > 0}");
    }

    private async Task ReadMailboxAsync()
    {
        var session = PickSession();
        var account = _model.LiveSession(session) is { } live && _random.Next(3) != 0 ? live.User.AccountId : _random.Next(Users) + 1L;
        var (after, bytes) = (AnyPosition(account), _random.Next(1, 1500));
        var rooms = AnyRoomPositions();
        var messages = _model.ReadMailbox(account, session, after, bytes, rooms);
        var read = await real.Mailbox.ReadAsync(account, session, after, bytes, rooms);
        Same($"read {account} by {session} after {after}, {bytes} bytes", InOrder(messages), InOrder(read));
        Outcomes.Add($"read {messages is not null}");
        Outcomes.Add($"read room {messages?.Messages.Any(message => message.Room is not null)}");

        static MailboxPart? InOrder(MailboxPart? part) =>
            part is null ? null : part with { Rooms = [.. part.Rooms.OrderBy(room => room.LogId)] };
    }

    private async Task AdvanceAsync()
    {
        var account = _random.Next(20) == 0 ? 99 : _random.Next(Users) + 1L;
        var position = AnyPosition(account);
        var rooms = AnyRoomPositions();
        _model.Advance(account, position, rooms);
        await real.Mailbox.AdvanceAsync(account, position, rooms);
        Same($"last number of {account} after {position}", _model.Ends(account), await real.Mailbox.GetEndsAsync(account));
    }

    // Behind the read position, ahead of it, or beyond the last number.
    private long AnyPosition(long account)
    {
        var (received, last) = _model.Mailboxes.TryGetValue(account, out var mailbox)
            ? (Math.Max(mailbox.Received, mailbox.Purged), mailbox.LastNumber) : (0, 0);
        return _random.Next(6) switch
        {
            0 => received - _random.Next(4),
            1 => last + _random.Next(4),
            _ => _random.NextInt64(received, last + 1),
        };
    }

    private async Task FindReceiptAsync()
    {
        var (sender, once) = _model.Receipts.Count > 0 && _random.Next(2) == 0
            ? Pick(_model.Receipts.Keys.ToList()) : (_random.Next(Users) + 1L, $"o{_random.Next(OnceIds)}");
        var receipt = _model.FindReceipt(sender, once);
        Same($"receipt {once} of {sender}", receipt, (await real.Mailbox.FindReceiptAsync(sender, once)).Receipt);
        Outcomes.Add($"receipt {receipt is not null}");
    }

    private async Task AdmitAsync()
    {
        var (account, session) = (_random.Next(Users) + 1L, PickSession());
        Same($"admit {session} to {account}", _model.Admit(account, session), await real.Mailbox.AdmitAsync(account, session));
    }

    private async Task CountAsync()
    {
        var (account, sender) = (_random.Next(Users) + 1L, (long?)(_random.Next(Users + 1)));
        if (sender == 0) sender = null;
        Same($"count from {sender} in {account}",
            _model.CountUnread(account, sender), await real.Mailbox.CountUnreadAsync(account, sender));
    }

    private async Task AliveAsync()
    {
        string[] alive = [.. _sessions.Where(session => _model.LiveSession(session) is not null).Order(StringComparer.Ordinal)];
        Same("alive", alive, [.. (await real.Sessions.GetAliveAsync(_sessions)).Order(StringComparer.Ordinal)]);
    }
}
