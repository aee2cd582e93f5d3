using System.Text;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Verification.Ledgers;

/// <summary>
/// Knows what was committed to each log, where somebody tells it (the simulated database does), and judges what is shown of it.
/// </summary>
internal sealed partial class Ledger
{
    private readonly Dictionary<long, UserEntry> _logs = [];

    /// <summary>
    /// Whether it is told of what was committed some time later. Then nothing is certain because it was told: only because clients, which
    /// tell of what they wish before they ask for it, were answered.
    /// </summary>
    public bool LearnsLate { get; init; }

    /// <summary>Records that a row was committed to a user's inbox, or to a room.</summary>
    /// <param name="owner">The user, or the room.</param>
    /// <param name="log">Names the log in what clients see.</param>
    /// <param name="row">The row.</param>
    public void Stored(UserEntry owner, long log, StoredRow row)
    {
        lock (_gate)
        {
            var stored = new RowEntry(row, Now());
            var rows = owner.Log.Rows;
            (owner.Log.Id, _logs[log]) = (log, owner);
            if (row.Number != rows.Count + 1)
            {
                Accuse(Invariants.NumbersFollow, $"the log of {owner.Name} got number {row.Number} after {rows.Count}",
                    WithFaults(new History().Add(stored)));
                return;
            }
            owner.Log.Add(stored);
            if (owner.Room is { } room) JudgeInRoom(owner, room, stored);
            if (row.Target is { } target) rows[(int)target - 1].Deleted = (stored.Stored, row.Number);
            else if (stored.IsMessage && Parse(stored.Text) is { } key && key.Stream.Live.TryGetValue(key.Sequence, out var message))
                JudgeStored(owner, message, stored);
        }
    }

    /// <summary>Judges what a purge is about to delete, when its statement looks at the logs.</summary>
    /// <param name="before">What was accepted earlier has expired.</param>
    /// <param name="last">The number up to which it will delete each inbox; without an entry, nothing.</param>
    public void Purging(DateTimeOffset before, IReadOnlyDictionary<UserEntry, long> last)
    {
        lock (_gate)
        {
            foreach (var user in _users)
            {
                var log = user.Log;
                var upTo = last.GetValueOrDefault(user, log.Purged);
                for (var number = log.Purged + 1; number <= upTo; number++)
                {
                    var row = log.Rows[(int)number - 1];
                    if (row.AcceptedAt >= before) AccuseOf(row, user, "is deleted before its time");
                    else if (row is { IsMessage: true, Deleted: null, Message: { Received: null, MayBeReceived: false } message }
                        && message.Begun.Order >= user.ExcusedBefore) AccuseOf(row, user, "is deleted before it was received");
                }
                if (upTo < log.Received && log.Rows[(int)upTo] is { } next && next.AcceptedAt < before)
                    AccuseOf(next, user, "has expired, and is not deleted");
            }
        }
    }

    /// <summary>Records that a purge has deleted an inbox up to a number.</summary>
    public void Purged(UserEntry owner, long upTo)
    {
        lock (_gate)
        {
            var now = Now();
            while (owner.Log.Purged < upTo) owner.Log.Rows[(int)owner.Log.Purged++].Gone = now;
        }
    }

    private void JudgeStored(UserEntry owner, MessageEntry message, RowEntry row)
    {
        row.Message = message;
        if (message.Stream.Recipient != owner)
            Accuse(Invariants.OnceEach, $"{History.Name(message)} is stored in the log of {owner.Name}",
                new History().Add(message).Add(row));
        if (message.Row is not null)
            Accuse(Invariants.OnceEach, $"{History.Name(message)} is stored twice", WithFaults(new History().Add(message).Add(row)));
        message.Row ??= row;
        if (message.IsBarred) AccuseOfBarred(message, "is stored", new History().Add(row));
    }

    /// <summary>Judges an entry by the row that was stored; returns the row, or null if there is none.</summary>
    private RowEntry? JudgeEntry(RequestEntry request, LogEntry entry, Moment now)
    {
        if (!_logs.TryGetValue(entry.LogId, out var owner) || owner.Log.Id != entry.LogId
            || entry.Number < 1 || entry.Number > owner.Log.Rows.Count)
        {
            Accuse(Invariants.OnceEach, $"number {entry.Number} of log {entry.LogId} is shown, and was not stored",
                new History().Add(request, now));
            return null;
        }
        var row = owner.Log.Rows[(int)entry.Number - 1];
        var text = Encoding.UTF8.GetString(entry.Text);
        var isEmptied = row.Deleted is { } deleted && text.Length == 0 && entry.Target == deleted.Number;
        if (!row.MayBeSeen(request.Begun)) AccuseOf(row, owner, "is shown after the purge deleted it", request, now);
        else if (row.Deleted?.When.IsBefore(request.Begun) == true && !isEmptied)
            AccuseOf(row, owner, "is shown with its text after its deletion", request, now);
        else if (!MayBeShownAs(row.Sender, entry.Sender, request, now) || !IsTimeOf(entry.AcceptedAt, row) || entry.Kind != row.Kind
            || entry.User != row.User?.Name || (!isEmptied && (text != row.Text || entry.Target != row.Target)))
            Accuse(Invariants.OnceEach, $"number {entry.Number} of the log of {owner.Name} is not shown as it was stored",
                new History().Add(row).Add(request, now));
        return row;
    }

    // HTTP shows milliseconds.
    private bool IsTimeOf(DateTimeOffset shown, RowEntry row) => shown == row.AcceptedAt
        || (LearnsLate && shown.UtcTicks / TimeSpan.TicksPerMillisecond == row.AcceptedAt.UtcTicks / TimeSpan.TicksPerMillisecond);

    private void AccuseOf(RowEntry row, UserEntry owner, string what) =>
        Accuse(Invariants.ExpiredIsGone, $"number {row.Number} of the log of {owner.Name} {what}", WithFaults(new History().Add(row)));

    private void AccuseOf(RowEntry row, UserEntry owner, string what, RequestEntry request, Moment now) =>
        Accuse(Invariants.ExpiredIsGone, $"number {row.Number} of the log of {owner.Name} {what}",
            WithFaults(new History().Add(row).Add(request, now)));
}
