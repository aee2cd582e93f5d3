using OrleansChat.EndToEnd.Tests.Crashes;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Tests.Shared;

namespace OrleansChat.EndToEnd.Tests.Behaviour;

/// <summary>
/// Grain states as the first version wrote them, row for row, whatever the program writes by now. A failure here means that
/// a new version loses the users of an old one: the texts below stay as they are.
/// </summary>
public sealed class OldPayloadTests : IAsyncLifetime
{
    private const string Token = "366bed27-11c3-4259-b2ab-85aa376de2b0";
    private const string UsedAt = "2026-11-23T07:03:28.7841736+00:00";
    private const string PasswordHash = "AQAAAAIAA1tgAAAAELqYPU2YRTwC8NhqcGXaMzP68266qlKQati7NnETuYM1ERqFzKJ7SrUjfJ15BTFllQ==";
    private const string SecurityStamp = "3d94abf8-8bb0-46ad-ae80-a7ed3f6c5dbb";

    private const string UserEnd =
        $$"""
        "PasswordHash":"{{PasswordHash}}","SecurityStamp":"{{SecurityStamp}}","Disabled":false}
        """;

    private const string User =
        $$"""{"AccountId":1,"DisplayName":"Lionel Messi",{{UserEnd}}""";

    private const string Session =
        $$"""{"User":"messi","AccountId":1,"SecurityStamp":"{{SecurityStamp}}","UsedAt":"{{UsedAt}}"}""";

    // Of a later version, before a step back.
    private const string UserWithMore =
        $$"""{"AccountId":1,"Unknown":{"Nested":[1,null]},"DisplayName":"Lionel Messi",{{UserEnd}}""";

    private const string SessionWithMore =
        $$"""{"User":"messi","AccountId":1,"SecurityStamp":"{{SecurityStamp}}","UsedAt":"{{UsedAt}}","Unknown":"text"}""";

    // As if the display name had been added after it was written.
    private const string UserWithLess =
        $$"""{"AccountId":1,{{UserEnd}}""";

    // The hashes are Orleans's, of the key and of the state's name.
    private const string InsertSql =
        """
        INSERT INTO log DEFAULT VALUES;
        INSERT INTO orleansstorage (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring,
                                    serviceid, version, payloadbinary)
        VALUES (-594723843, 0, 0, -1581452166, 'user', 'u:messi', 'orleanschat', 1, convert_to(@user, 'UTF8')),
               (-869834447, 0, 0, 356260177, 'session', 's:50825191886bf3a8b05cf7af9fc6d5c0d03966833767d7a16f05110dbec358d0',
                'orleanschat', 3, convert_to(@session, 'UTF8'))
        """;

    private readonly PostgresFixture _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Theory]
    [InlineData(User, Session, "Lionel Messi")]
    [InlineData(UserWithMore, SessionWithMore, "Lionel Messi")]
    [InlineData(UserWithLess, Session, "")]
    public async Task A_user_and_a_session_of_an_old_version_are_what_they_were(string user, string session, string displayName)
    {
        await using (var insert = _database.DataSource.CreateCommand(InsertSql))
        {
            insert.Parameters.AddWithValue("user", user);
            // All but the time, by which it would have expired.
            insert.Parameters.AddWithValue("session", session.Replace(UsedAt, $"{DateTimeOffset.UtcNow:O}", StringComparison.Ordinal));
            await insert.ExecuteNonQueryAsync();
        }

        await using var silo = await SiloProcess.StartAsync(_database.ConnectionString);
        using var client = await silo.ConnectAsync();
        Assert.Equal(["messi"], Replies.UsersIn(await client.AskAsync($"listuser {Token}")));
        using var sender = await (await silo.ConnectAsync()).LogInAsync("henderson", ChatService.Password);
        Assert.Equal(Replies.Sent, await sender.AskAsync($"send {sender.Token} messi text"));
        var message = Assert.Single(Replies.MessagesIn(await client.AskAsync($"inbox {Token}")));
        Assert.Equal((displayName, " text\r\n"), (message.To, message.Text));
        Assert.Equal(Replies.LoggedOut("messi"), await client.AskAsync($"logout {Token}"));
        Assert.Equal(Replies.NoSession, await client.AskAsync($"inbox {Token}"));
        Assert.Equal(Replies.WrongPassword, await client.AskAsync("auth messi wrong"));
        await client.LogInAsync("messi", ChatService.Password);
    }
}
