using Microsoft.Extensions.Logging.Abstractions;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Identifiers;
using OrleansChat.Limits;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>Calls grains from one silo, as a gateway in its process does.</summary>
internal sealed class TestGateway(IGrainFactory factory, TimeProvider time)
{
    private readonly GatewayServices _services = new(
        new ChatGrains(factory),
        new Gateway.Sessions.Presence(new ChatGrains(factory), time, NullLogger<Gateway.Sessions.Presence>.Instance),
        new LimitOptions(), new LimitMetrics(), time, NullLogger<GatewayServices>.Instance);

    public T GetGrain<T>(string key)
        where T : IGrainWithStringKey => factory.GetGrain<T>(key);

    /// <summary>A session that is still to be opened, under a new token.</summary>
    public TestSession NewSession() => new(GrainKeys.ForSession(Guid.NewGuid().ToString("N")), _services);

    /// <summary>The same session, reached through this gateway.</summary>
    public TestSession Same(TestSession session) => new(session.Key, _services);

    public async Task<TestSession> LogInAsync(string user)
    {
        var session = NewSession();
        var status = await session.Grain
            .LogIn(user, new Secret(ChatUsers.Password), ChatUsers.Connection, "", PasswordRecall.Nothing).InTime();
        Assert.Equal(LogInStatus.LoggedIn, status);
        return session;
    }
}

/// <summary>A session on a connection to a <see cref="TestGateway"/>.</summary>
internal sealed class TestSession(string key, GatewayServices services)
{
    private readonly LeasedSession _leased = new(key, ChatUsers.Connection, services, (_, _) => { });

    public string Key => key;

    public ISessionGrain Grain => _leased.Grain;

    /// <summary>Sends messages once; it is not repeated if the outcome is unknown.</summary>
    public async Task<SendStatus[]> SendAsync(params OutgoingMessage[] messages) =>
        (await _leased.SendAsync(messages, isRepetition: false).AsTask().InTime()).Statuses;

    public async Task<SendStatus> SendAsync(string recipient, string text) =>
        Assert.Single(await SendAsync(ChatUsers.Message(recipient, text)));

    /// <summary>Everything unread; null where the session is not open.</summary>
    public async Task<List<InboxMessage>?> ReadAllAsync()
    {
        List<InboxMessage> all = [];
        var after = InboxPositions.Start;
        while (true)
        {
            var page = (await Grain.ReadInbox(after, ChatUsers.Connection).InTime()).Page;
            if (page is null) return null;
            if (page.Messages.Length == 0) return all;
            all.AddRange(page.Messages);
            after = after.With(new InboxPositions(page.Through, page.Rooms));
        }
    }

    /// <summary>Asserts that nothing can be done with the session.</summary>
    public async Task AssertOpensNothingAsync(string recipient)
    {
        Assert.Equal(SendStatus.NoSession, await SendAsync(recipient, "from nobody"));
        Assert.Equal(SendStatus.NoSession, await SendAsync("nobody", "from nobody"));
        var message = ChatUsers.Message(recipient, "from nobody") with { OnceId = "once" };
        Assert.Equal(SendStatus.NoSession, (await Grain.SendOnce(message, ChatUsers.Connection, isPermitted: true).InTime()).Status);
        Assert.Null(await ReadAllAsync());
        Assert.Null((await Grain.ListUsers(ChatUsers.Connection).InTime()).Users);
        Assert.Null(await Grain.LogOut().InTime());
    }
}
