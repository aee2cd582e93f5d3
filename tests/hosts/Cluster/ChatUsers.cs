using System.Text;
using OrleansChat.GrainInterfaces;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Hosts.Tests.Contract.Grains;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>What tests do as users of the service.</summary>
internal static class ChatUsers
{
    /// <summary>Hashing is not what is tested.</summary>
    public const int Iterations = 1_000;

    public const string Password = "correct-horse";

    /// <summary>The name of the connection over which everything comes.</summary>
    public const string Connection = "connection";

    /// <summary>Adds a user who has not existed before, under a name that begins as given.</summary>
    public static async Task<string> AddUserAsync(this PostgresFixture postgres, string name)
    {
        name += "-" + Guid.NewGuid().ToString("N")[..12];
        var passwords = new Passwords(Iterations);
        await new AccountStore(postgres.DataSource, passwords).AddAsync(name, name, Password);
        return name;
    }

    public static async Task SetPasswordAsync(this PostgresFixture postgres, string user, string password)
    {
        var passwords = new Passwords(Iterations);
        await new AccountStore(postgres.DataSource, passwords).SetPasswordAsync(user, password);
    }

    /// <summary>Whether a session is stored, dead or alive.</summary>
    public static async Task<bool> HasRowAsync(this PostgresFixture postgres, ISessionGrain session)
    {
        await using var command = postgres.DataSource.CreateCommand(
            "SELECT count(*) FROM orleansstorage WHERE graintypestring = 'session' AND grainidextensionstring = $1");
        command.Parameters.Add(new() { Value = session.GetPrimaryKeyString() });
        return (long)(await command.ExecuteScalarAsync())! > 0;
    }

    /// <summary>A session that is still to be opened, under a new token.</summary>
    public static ISessionGrain NewSession(this IGrainFactory grains) =>
        grains.GetGrain<ISessionGrain>(GrainKeys.ForSession(Guid.NewGuid().ToString("N")));

    /// <summary>The same session, reached another way.</summary>
    public static ISessionGrain Same(this IGrainFactory grains, ISessionGrain session) =>
        grains.GetGrain<ISessionGrain>(session.GetPrimaryKeyString());

    public static async Task<ISessionGrain> LogInAsync(this IGrainFactory grains, string user)
    {
        var session = grains.NewSession();
        Assert.Equal(LogInStatus.LoggedIn, await session.LogIn(user, new Secret(Password), Connection, "").InTime());
        return session;
    }

    /// <summary>A message as the gateway makes it.</summary>
    public static OutgoingMessage Message(string recipient, string text)
        => new(MessageId.New(DateTimeOffset.UtcNow), recipient, Encoding.UTF8.GetBytes(text), null);

    public static async Task<SendStatus> SendAsync(this ISessionGrain session, string recipient, string text)
        => Assert.Single((await session.Send([Message(recipient, text)], Connection).InTime()).Statuses);

    /// <summary>Everything unread; null where the session is not open.</summary>
    public static async Task<List<InboxMessage>?> ReadAllAsync(this ISessionGrain session)
    {
        List<InboxMessage> all = [];
        while (true)
        {
            var page = (await session.ReadInbox(all.Count == 0 ? 0 : all[^1].Number, Connection).InTime()).Page;
            if (page is null) return null;
            if (page.Messages.Length == 0) return all;
            all.AddRange(page.Messages);
        }
    }

    public static string TextOf(this InboxMessage message) => Encoding.UTF8.GetString(message.Text);

    /// <summary>Asserts that nothing can be done with a session.</summary>
    public static async Task AssertOpensNothingAsync(this ISessionGrain session, string recipient)
    {
        Assert.Equal(SendStatus.NoSession, await session.SendAsync(recipient, "from nobody"));
        Assert.Equal(SendStatus.NoSession, await session.SendAsync("nobody", "from nobody"));
        Assert.Equal(SendStatus.NoSession,
            (await session.SendOnce(Message(recipient, "from nobody") with { OnceId = "once" }, Connection).InTime()).Status);
        Assert.Null(await session.ReadAllAsync());
        Assert.Null((await session.ListUsers(Connection).InTime()).Users);
        Assert.Null(await session.LogOut().InTime());
    }

    /// <summary>Calls until there is an answer, as a gateway's clients do while a silo is dying.</summary>
    public static async Task<T> UntilAnswered<T>(Func<Task<T>> call)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            try
            {
                return await call().InTime();
            }
            catch (Exception e) when (e is OrleansException or TimeoutException && !patience.IsCancellationRequested)
            {
                await Task.Yield();
            }
        }
    }
}
