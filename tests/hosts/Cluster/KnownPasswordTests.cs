using Microsoft.Extensions.Time.Testing;
using OrleansChat.GrainInterfaces;
using OrleansChat.Grains;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Identifiers;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>A password that was proved is known until it changes, and knowing it makes no guess cheaper.</summary>
[Collection(ClusterCollection.Name)]
public sealed class KnownPasswordTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const int Attempts = 3;
    private const string Home = "192.0.2.1", Elsewhere = "192.0.2.2";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private ChatCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await ChatCluster.StartAsync(
        postgres.ConnectionString, _time, silos: 1, limits: new AccountLimits { WrongPasswords = Attempts });

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task A_password_is_remembered_once_it_was_proved()
    {
        var user = await AddAsync();
        Assert.Equal(PasswordRecall.Nothing, await RecallAsync(user, ChatUsers.Password, Home));
        Assert.Equal(LogInStatus.LoggedIn, await CheckAsync(user, ChatUsers.Password, Home));

        Assert.Equal(PasswordRecall.Right, await RecallAsync(user, ChatUsers.Password, Elsewhere));
        Assert.Equal(LogInStatus.LoggedIn, await CheckAsync(user, ChatUsers.Password, Elsewhere, PasswordRecall.Right));
        Assert.Equal(PasswordRecall.Other, await RecallAsync(user, "wrong-horse", Home));
        Assert.Equal(LogInStatus.WrongPassword, await CheckAsync(user, "wrong-horse", Home, PasswordRecall.Other));
        // Whatever a gateway says of it.
        Assert.Equal(LogInStatus.WrongPassword, await CheckAsync(user, "wrong-horse", Home, PasswordRecall.Right));
    }

    [Fact]
    public async Task A_new_password_makes_it_forget_the_old_one()
    {
        var (user, name) = await KnownAsync();
        await postgres.SetPasswordAsync(name, "another-horse");
        await user.Refresh().InTime();

        Assert.Equal(PasswordRecall.Nothing, await RecallAsync(user, ChatUsers.Password, Home));
        Assert.Equal(LogInStatus.WrongPassword, await CheckAsync(user, ChatUsers.Password, Home, PasswordRecall.Right));
        Assert.Equal(LogInStatus.LoggedIn, await CheckAsync(user, "another-horse", Home));
        Assert.Equal(PasswordRecall.Right, await RecallAsync(user, "another-horse", Home));
    }

    [Fact]
    public async Task Until_it_hears_of_a_new_password_the_grain_opens_no_session_with_the_old_one()
    {
        var (_, name) = await KnownAsync();
        await postgres.SetPasswordAsync(name, "another-horse");
        var session = _cluster.Through(0).NewSession();
        var status = await session.Grain
            .LogIn(name, new Secret(ChatUsers.Password), ChatUsers.Connection, Home, PasswordRecall.Right).InTime();
        Assert.Equal(LogInStatus.WrongPassword, status);
    }

    [Fact]
    public async Task Guesses_are_counted_as_before_whether_or_not_they_are_checked_to_the_end()
    {
        var (user, _) = await KnownAsync();
        for (var i = 0; i < Attempts; i++) Assert.Equal(PasswordRecall.Other, await RecallAsync(user, $"guess-{i}", Elsewhere));
        Assert.Equal(PasswordRecall.TooManyAttempts, await RecallAsync(user, "guess", Elsewhere));
        // Nor is anybody there told that a guess was right.
        Assert.Equal(PasswordRecall.TooManyAttempts, await RecallAsync(user, ChatUsers.Password, Elsewhere));
        Assert.Equal(LogInStatus.TooManyAttempts, await CheckAsync(user, ChatUsers.Password, Elsewhere));

        Assert.Equal(PasswordRecall.Right, await RecallAsync(user, ChatUsers.Password, Home));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(PasswordRecall.Right, await RecallAsync(user, ChatUsers.Password, Elsewhere));
    }

    [Fact]
    public async Task A_guess_is_counted_once()
    {
        var (user, _) = await KnownAsync();
        for (var i = 0; i < Attempts; i++)
        {
            Assert.Equal(PasswordRecall.Other, await RecallAsync(user, "mistake", Home));
            Assert.Equal(LogInStatus.WrongPassword, await CheckAsync(user, "mistake", Home, PasswordRecall.Other));
        }
        Assert.Equal(PasswordRecall.TooManyAttempts, await RecallAsync(user, "mistake", Home));
    }

    [Fact]
    public async Task Right_passwords_count_for_nothing_and_forgive_the_mistakes_before_them()
    {
        var (user, _) = await KnownAsync();
        for (var i = 0; i < 2 * Attempts; i++) Assert.Equal(PasswordRecall.Right, await RecallAsync(user, ChatUsers.Password, Home));
        for (var round = 0; round < Attempts; round++)
        {
            Assert.Equal(PasswordRecall.Other, await RecallAsync(user, "mistake", Home));
            Assert.Equal(LogInStatus.WrongPassword, await CheckAsync(user, "mistake", Home, PasswordRecall.Other));
            Assert.Equal(LogInStatus.LoggedIn, await CheckAsync(user, ChatUsers.Password, Home, PasswordRecall.Right));
        }
    }

    [Fact]
    public async Task An_account_is_asked_only_so_often_what_it_remembers()
    {
        var (user, _) = await KnownAsync();
        for (var i = 0; i < 20; i++) Assert.Equal(PasswordRecall.Right, await RecallAsync(user, ChatUsers.Password, Home));
        Assert.Equal(PasswordRecall.Nothing, await RecallAsync(user, ChatUsers.Password, Home));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(PasswordRecall.Right, await RecallAsync(user, ChatUsers.Password, Home));
    }

    private async Task<IUserGrain> AddAsync() =>
        _cluster.Through(0).GetGrain<IUserGrain>(GrainKeys.ForUser(await postgres.AddUserAsync("alice")));

    private async Task<(IUserGrain User, string Name)> KnownAsync()
    {
        var user = await AddAsync();
        Assert.Equal(LogInStatus.LoggedIn, await CheckAsync(user, ChatUsers.Password, Home));
        return (user, GrainKeys.UserName(user.GetPrimaryKeyString()));
    }

    private static Task<PasswordRecall> RecallAsync(IUserGrain user, string password, string address) =>
        user.Recall(new Secret(password), address).AsTask().InTime();

    private static async Task<LogInStatus> CheckAsync(
        IUserGrain user, string password, string address, PasswordRecall recall = PasswordRecall.Nothing) =>
        (await user.CheckPassword(new Secret(password), address, recall).InTime()).Status;
}
