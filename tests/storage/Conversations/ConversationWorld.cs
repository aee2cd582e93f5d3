using System.Text;
using Npgsql;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Storage.Tests.Conversations;

/// <summary>A database with people who write to each other.</summary>
public sealed class ConversationWorld : IAsyncLifetime
{
    private int _people;

    public MailboxWorld Storage { get; init; } = new();
    public NpgsqlDataSource Sql => Storage.Sql;
    public Mailbox Mailbox => Storage.Mailbox;
    public IConversations Conversations { get; private set; } = null!;
    public AccountStore Accounts { get; private set; } = null!;
    public string Epoch { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await Storage.InitializeAsync();
        Conversations = new OrleansChat.Storage.Conversations.Conversations(Storage.Database.DataSource);
        Accounts = new AccountStore(Storage.Database.DataSource, new Passwords(iterations: 1));
        Epoch = await Conversations.GetEpochAsync();
    }

    public Task DisposeAsync() => Storage.DisposeAsync();

    /// <summary>A new user with a session.</summary>
    public async Task<Person> PersonAsync()
    {
        var name = $"p{Interlocked.Increment(ref _people)}";
        var account = await Storage.AddUserAsync(name);
        return new Person(name, account, await Storage.LogInAsync(name, account));
    }

    /// <summary>Two of them.</summary>
    public async Task<(Person Me, Person Peer)> TwoAsync() => (await PersonAsync(), await PersonAsync());

    /// <summary>Sends messages as the service does, each with a statement of its own; their outcome.</summary>
    public async Task<AppendResult> SendAsync(Person from, Person to, params string[] texts)
    {
        await Mailbox.AdmitAsync(to.Account, from.Session);
        var result = AppendResult.Stored;
        foreach (var text in texts) result = await AppendAsync(from, to, MailboxWorld.Message(text));
        return result;
    }

    /// <summary>Deletes a message of a person, as the service does.</summary>
    public Task<AppendResult> DeleteAsync(Person from, Person inboxOf, long number) =>
        AppendAsync(from, inboxOf, MailboxWorld.Message("") with { Target = number });

    /// <summary>Appends one message behind the last one.</summary>
    public async Task<AppendResult> AppendAsync(Person from, Person to, NewMessage message) =>
        await Mailbox.AppendAsync(MailboxWorld.Group(to.Account, await LastAsync(to) + 1, from.Session, message));

    /// <summary>The last number of somebody's inbox.</summary>
    public async Task<long> LastAsync(Person person) => (await Mailbox.GetEndsAsync(person.Account)).Last;

    /// <summary>Puts messages into somebody's inbox that were accepted at these times; their texts are their numbers.</summary>
    public async Task InsertAsync(Person from, Person to, params DateTime[] acceptedAt)
    {
        await Mailbox.AdmitAsync(to.Account, from.Session);
        await InsertAsync(from, to, acceptedAt, i => $"{i}");
    }

    /// <summary>Puts messages with texts of one's own into somebody's inbox.</summary>
    public async Task InsertAsync(Person from, Person to, DateTime[] acceptedAt, Func<long, string> text)
    {
        var last = await LastAsync(to);
        await Sql.ExecuteAsync(
            "test",
            """
            INSERT INTO message (log_id, number, message_id, sender_id, accepted_at, body)
            SELECT $1, $3 + i.place, gen_random_uuid(), $2, i.accepted_at, i.body
            FROM unnest($4::timestamptz[], $5::bytea[]) WITH ORDINALITY AS i (accepted_at, body, place)
            """,
            [to.Account, from.Account, last, acceptedAt,
             acceptedAt.Select((_, i) => Encoding.UTF8.GetBytes(text(last + i + 1))).ToArray()]);
    }

    /// <summary>A page as the person sees it.</summary>
    public Task<Answer<StoredPage>> AskAsync(Person me, string peer, PageSide side, Place place = default, int limit = 100) =>
        Conversations.ReadPageAsync(me.Session, new PageQuery(peer, side, place, Epoch, limit));

    /// <summary>A page that there must be.</summary>
    public async Task<StoredPage> PageAsync(Person me, Person peer, PageSide side, Place place = default, int limit = 100)
    {
        var (page, reason) = await AskAsync(me, peer.Name, side, place, limit);
        Assert.Equal(NoAnswer.None, reason);
        return page!;
    }

    /// <summary>The texts of the newest page.</summary>
    public async Task<List<string>> TextsAsync(Person me, Person peer) => Texts(await PageAsync(me, peer, PageSide.Newest));

    /// <summary>Receives all of an inbox, and lets the purge delete what is due.</summary>
    public async Task PurgeAsync(Person person)
    {
        await Mailbox.AdvanceAsync(person.Account, await LastAsync(person));
        await new MailboxPurge(Storage.Database.DataSource).RunOnceAsync(default);
    }

    public static List<string> Texts(StoredPage page) => [.. page.Entries.Select(entry => Encoding.UTF8.GetString(entry.Text))];
}

/// <summary>A user with a session.</summary>
public sealed record Person(string Name, long Account, string Session);
