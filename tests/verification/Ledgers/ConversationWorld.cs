using System.Text;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.GrainInterfaces;
using OrleansChat.Verification.Ledgers;

namespace OrleansChat.Verification.Tests.Ledgers;

/// <summary>A ledger of two users and their messages that stay, for tests that tell it what is shown of them.</summary>
public abstract class ConversationWorld
{
    private protected static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private protected ConversationWorld()
    {
        Ledger = new Ledger(new FakeTimeProvider());
        (Anna, Ben) = (Come("anna"), Come("ben"));
    }

    private protected Ledger Ledger { get; }
    private protected Client Anna { get; }
    private protected Client Ben { get; }

    /// <summary>In Anna's inbox are three messages of Ben and two of her own; number 6 deletes the second of Ben's.</summary>
    private protected void Write()
    {
        for (var i = 1; i <= 5; i++) Store(i, i <= 3 ? Ben : Anna);
        Ledger.Stored(Anna.User, 1, new StoredRow(6, Ben.User, EntryKind.Deleted, Noon, [], Target: 2));
    }

    private protected RequestEntry Begin(Client client, RequestKind kind) =>
        Ledger.Begin(kind, client.Connection, client.User, client.Session);

    private protected MessageEntry Send(Client sender) =>
        Ledger.BeginSend(sender.Connection, sender.Session, Anna.User, once: false).Message!;

    /// <summary>Stores a message in Anna's inbox: a new one, unless it is given.</summary>
    private protected void Store(long number, Client sender, MessageEntry? message = null) => Ledger.Stored(
        Anna.User, 1, new StoredRow(
            number, sender.User, EntryKind.Message, Noon, Encoding.UTF8.GetBytes($"{Ledger.TextOf(message ?? Send(sender))}\r\n")));

    private protected RequestEntry Mark(long upTo) => Ledger.BeginMarkRead(Anna.Connection, Anna.Session, Ben.User, upTo);

    private protected void Receive(long upTo, long answered) =>
        Ledger.Received(Ledger.BeginReceive(Anna.Connection, Anna.Session, upTo), upTo, answered);

    private protected void Block(bool isBlocked, bool isKnown)
    {
        var (_, wish) = Ledger.BeginBlock(Anna.Connection, Anna.Session, Ben.User, isBlocked);
        Ledger.WishEnded(wish, isKnown);
    }

    /// <summary>Anna reads the newest page of her conversation with Ben.</summary>
    private protected void ReadPage(string numbers, long? older, RequestEntry? request = null) => Ledger.PageRead(
        request ?? Begin(Anna, RequestKind.ReadPage), new("ben", PageKind.Newest, default, "", 9),
        new ConversationPage("", Entries(numbers), older is { } place ? new(place, 0) : null, null));

    /// <summary>Entries of Anna's inbox: "2" as it was stored, "2d" deleted, "2e" only emptied; "6x" is the deletion itself.</summary>
    private protected LogEntry[] Entries(string numbers) => [.. numbers.Split(' ').Select(what =>
    {
        var row = Anna.User.Log.Rows[what[0] - '1'];
        var target = what[1..] switch { "d" => 6L, "x" => 2L, _ => default(long?) };
        return new LogEntry(
            default, 1, row.Number, what.EndsWith('x') ? EntryKind.Deleted : EntryKind.Message, target, row.Sender.Name, "", Noon,
            Encoding.UTF8.GetBytes(what.Length == 1 ? row.Text : ""));
    })];

    private protected static Conversation Conversation(string peer, int unread, long at, long read) =>
        new(peer, peer, 1, null, unread, at, read, false);

    /// <summary>The ledger has found nothing, or violations of this invariant alone.</summary>
    private protected void Judge(bool isTrue, string invariant) =>
        Assert.Equal(isTrue ? [] : [invariant], Ledger.Violations.Select(violation => violation.Invariant).Distinct());

    private Client Come(string name)
    {
        var (user, connection) = (Ledger.User(name), Ledger.Opened(0, name));
        var login = Ledger.Begin(RequestKind.LogIn, connection, user, null);
        Ledger.Answered(login, Reply.Of(RequestOutcome.Done, id: name));
        return new Client(user, connection, login.Session!);
    }

    private protected sealed record Client(UserEntry User, ConnectionEntry Connection, SessionEntry Session);
}
