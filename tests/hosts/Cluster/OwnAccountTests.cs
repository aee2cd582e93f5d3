using Microsoft.Extensions.Time.Testing;
using OrleansChat.GrainInterfaces;
using OrleansChat.Grains;
using OrleansChat.Grains.Sessions;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>What owners do with their accounts and sessions, through whichever silo.</summary>
[Collection(ClusterCollection.Name)]
public sealed class OwnAccountTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Attempts = 3;
    private const string NewPassword = "another-horse", Home = "192.0.2.1", Elsewhere = "192.0.2.2";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private ChatCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ChatCluster.StartAsync(
        postgres.ConnectionString, _time, silos: 2,
        limits: new AccountLimits { SendsPerSecond = 0, WrongPasswords = Attempts, ChangesAtOnce = 2 });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_session_that_its_owner_ends_by_its_id_opens_nothing_through_any_silo()
    {
        var (alice, account) = await EnterAsync();
        var (mine, other) = (await _cluster.Through(0).LogInAsync(alice), await _cluster.Through(1).LogInAsync(alice));
        Assert.Equal(SendStatus.Sent, await other.SendAsync(alice, "alive"));
        var listed = (await account.ListSessions(mine.Key).InTime()).Value!;
        Assert.Equal([SessionId.Of(mine.Key), SessionId.Of(other.Key)], listed.Select(session => session.Id));
        // PostgreSQL reads microseconds.
        Assert.All(listed, session => Assert.Equal(_time.GetUtcNow(), session.Since!.Value, TimeSpan.FromMicroseconds(1)));

        Assert.Equal(ConversationStatus.Answered, (await account.EndSession(mine.Key, SessionId.Of(other.Key)).InTime()).Status);

        for (var silo = 0; silo < 2; silo++) await _cluster.Through(silo).Same(other).AssertOpensNothingAsync(alice);
        Assert.False(await postgres.HasRowAsync(other));
        Assert.Equal(ConversationStatus.NotFound, (await account.EndSession(mine.Key, SessionId.Of(other.Key)).InTime()).Status);
        Assert.Equal(SendStatus.Sent, await mine.SendAsync(alice, "alive"));
    }

    [Fact]
    public async Task A_session_that_has_changed_the_password_goes_on_and_no_other_does()
    {
        var (alice, account) = await EnterAsync();
        var (mine, other) = (await _cluster.Through(0).LogInAsync(alice), await _cluster.Through(1).LogInAsync(alice));
        Assert.Equal(SendStatus.Sent, await other.SendAsync(alice, "alive"));

        Assert.Equal(AccountStatus.Done, await ChangeAsync(account, mine, ChatUsers.Password, NewPassword));

        for (var silo = 0; silo < 2; silo++) await _cluster.Through(silo).Same(other).AssertOpensNothingAsync(alice);
        // Its use is written over the row that the change has written.
        _time.Advance(ChatSessionOptions.WriteUseEvery + TimeSpan.FromMinutes(1));
        Assert.Equal(SendStatus.Sent, await mine.SendAsync(alice, "alive"));
        Assert.Equal(alice, (await mine.Grain.ReadInbox(InboxPositions.Start, ChatUsers.Connection).InTime()).Session.User);
        Assert.Equal(LogInStatus.WrongPassword, await LogInAsync(alice, ChatUsers.Password));
        Assert.Equal(LogInStatus.LoggedIn, await LogInAsync(alice, NewPassword));
        Assert.Equal(AccountStatus.NoSession, await ChangeAsync(account, other, NewPassword, ChatUsers.Password));
    }

    [Fact]
    public async Task Wrong_passwords_count_whether_a_login_a_change_or_a_code_brings_them()
    {
        var (alice, account) = await EnterAsync();
        var mine = await _cluster.Through(0).LogInAsync(alice);
        Assert.Equal(AccountStatus.WrongPassword, await ChangeAsync(account, mine, "guess", NewPassword));
        Assert.Equal(AccountStatus.WrongPassword, await account.Remove(mine.Key, new Secret("guess"), Home).InTime());
        Assert.Equal(AccountStatus.WrongPassword, await account.Reset("guess", new Secret(NewPassword), Home).InTime());

        Assert.Equal(LogInStatus.TooManyAttempts, await LogInAsync(alice, ChatUsers.Password));
        Assert.Equal(AccountStatus.TooManyAttempts, await ChangeAsync(account, mine, ChatUsers.Password, NewPassword));
        Assert.Equal(AccountStatus.TooManyAttempts, await account.Reset("guess", new Secret(NewPassword), Home).InTime());
        Assert.Equal(LogInStatus.LoggedIn, await LogInAsync(alice, ChatUsers.Password, Elsewhere));
        Assert.Equal(AccountStatus.Done, await ChangeAsync(account, mine, ChatUsers.Password, NewPassword, Elsewhere));
    }

    [Fact]
    public async Task A_code_for_a_lost_password_lets_its_owner_in_and_ends_what_was_open()
    {
        var (alice, account) = await EnterAsync();
        var stolen = await _cluster.Through(1).LogInAsync(alice);
        var made = await new AccountStore(postgres.DataSource, new Passwords(ChatUsers.Iterations)).MakeResetCodeAsync(alice);
        var digest = SecretCode.DigestOf(made.Code);
        Assert.Equal(AccountStatus.BadPassword, await account.Reset(digest, new Secret("short"), Home).InTime());

        Assert.Equal(AccountStatus.Done, await account.Reset(digest, new Secret(NewPassword), Home).InTime());

        await stolen.AssertOpensNothingAsync(alice);
        Assert.Equal(LogInStatus.LoggedIn, await LogInAsync(alice, NewPassword));
        Assert.Equal(AccountStatus.WrongPassword, await account.Reset(digest, new Secret(NewPassword), Home).InTime());
    }

    [Fact]
    public async Task Names_change_so_often_and_no_more()
    {
        var (alice, account) = await EnterAsync();
        var mine = await _cluster.Through(0).LogInAsync(alice);
        Assert.Equal(AccountStatus.BadDisplayName, await account.Rename(mine.Key, " ").InTime());
        Assert.Equal(AccountStatus.Done, await account.Rename(mine.Key, "One").InTime());
        Assert.Equal(AccountStatus.Done, await account.Rename(mine.Key, "Two").InTime());
        Assert.Equal(AccountStatus.TooManyChanges, await account.Rename(mine.Key, "Three").InTime());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(AccountStatus.Done, await account.Rename(mine.Key, "Three").InTime());
    }

    [Fact]
    public async Task Registrations_through_all_silos_are_counted_together()
    {
        var server = Enumerable.Range(0, 2)
            .Select(silo => _cluster.Through(silo).GetGrain<IServerGrain>(GrainKeys.Server)).ToArray();
        for (var i = 0; i < 3; i++) Assert.True(await server[i % 2].TakeRegistration(Home).InTime());
        Assert.False(await server[0].TakeRegistration(Home).InTime());
        Assert.True(await server[1].TakeRegistration(Elsewhere).InTime());
        await server[0].GiveBackRegistration(Home).InTime();
        Assert.True(await server[1].TakeRegistration(Home).InTime());
        Assert.Equal(RegistrationMode.Closed, (await server[0].GetRegistration().InTime()).Mode);
    }

    private async Task<(string Name, IAccountGrain Account)> EnterAsync()
    {
        var name = await postgres.AddUserAsync("alice");
        return (name, _cluster.Through(0).GetGrain<IAccountGrain>(GrainKeys.ForUser(name)));
    }

    private static Task<AccountStatus> ChangeAsync(
        IAccountGrain account, TestSession session, string old, string password, string address = Home) =>
        account.ChangePassword(session.Key, new Secret(old), new Secret(password), address).InTime();

    private Task<LogInStatus> LogInAsync(string user, string password, string address = Home) => _cluster.Through(0).NewSession().Grain
        .LogIn(user, new Secret(password), ChatUsers.Connection, address, PasswordRecall.Nothing).InTime();
}
