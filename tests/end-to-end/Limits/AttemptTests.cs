using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Limits;

namespace OrleansChat.EndToEnd.Tests.Limits;

/// <summary>Guesses: five at once from one address here, and one more each minute.</summary>
public sealed class AttemptTests : IAsyncLifetime
{
    private readonly ChatService _service = new() { Arguments = ["--attempts-per-minute", "1", "--wrong-passwords", "2"] };

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("auth nobody{0} guess", Replies.NoSuchUser)]
    [InlineData("inbox {1}", Replies.NoSession)]
    [InlineData("send {1} henderson guess", Replies.NoSession)]
    [InlineData("sendonce {1} id henderson guess", Replies.NoSession)]
    [InlineData("listuser {1}", Replies.NoSession)]
    [InlineData("logout {1}", Replies.NoSession)]
    public async Task Guesses_are_answered_until_there_were_too_many_and_those_who_are_known_go_on(string guess, string answer)
    {
        var messi = await _service.LogInAsync("messi");
        var guesser = await _service.ConnectAsync();
        // Of the logins, messi had one.
        var guesses = answer == Replies.NoSuchUser ? 4 : 5;
        for (var i = 0; i < guesses; i++) Assert.Equal(answer, await guesser.AskAsync(Guess(i)));
        Assert.Equal(Replies.TooManyAttempts, await guesser.AskAsync(Guess(5)));
        Assert.Equal(Replies.TooManyAttempts, await (await _service.ConnectAsync()).AskAsync(Guess(6)));

        Assert.Equal(2, _service.CountOf(LimitNames.Attempts));
        Assert.Equal(Replies.Sent, await messi.AskAsync($"send {messi.Token} lineker hello"));
        Assert.Equal(Replies.EmptyInbox, await messi.AskAsync("inbox"));

        string Guess(int i) => string.Format(System.Globalization.CultureInfo.InvariantCulture, guess, i, Guid.NewGuid());
    }

    [Fact]
    public async Task A_good_token_is_no_guess_on_however_many_connections()
    {
        var messi = await _service.LogInAsync("messi");
        for (var i = 0; i < 20; i++)
            Assert.Equal(Replies.EmptyInbox, await (await _service.ConnectAsync()).AskAsync($"inbox {messi.Token}"));
    }

    [Fact]
    public async Task A_token_that_was_refused_here_is_known_and_asked_for_again_without_end()
    {
        var client = await _service.ConnectAsync();
        var expired = Guid.NewGuid();
        for (var i = 0; i < 20; i++) Assert.Equal(Replies.NoSession, await client.AskAsync($"inbox {expired}"));
        Assert.Equal(0, _service.CountOf(LimitNames.Attempts));
    }

    [Fact]
    public async Task A_logout_of_another_session_leaves_the_one_that_is_used_here()
    {
        var messi = await _service.LogInAsync("messi");
        var other = await _service.LogInAsync("messi");
        for (var i = 0; i < 5; i++) Assert.Equal(Replies.NoSession, await other.AskAsync($"inbox {Guid.NewGuid()}"));

        Assert.Equal(Replies.LoggedOut("messi"), await other.AskAsync("logout"));
        Assert.Equal(Replies.NoSession, await other.AskAsync("inbox"));
        Assert.Equal(Replies.EmptyInbox, await messi.AskAsync("inbox"));
    }

    [Fact]
    public async Task What_cannot_be_a_token_or_a_name_costs_no_attempt()
    {
        var client = await _service.ConnectAsync();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(Replies.NoSession, await client.AskAsync("inbox no-token"));
            Assert.Equal(Replies.NoSuchUser, await client.AskAsync("auth  password"));
        }
        await client.LogInAsync("messi", ChatService.Password);
    }

    [Fact]
    public async Task Passwords_of_one_account_are_guessed_even_less()
    {
        var client = await _service.ConnectAsync();
        for (var i = 0; i < 2; i++) Assert.Equal(Replies.WrongPassword, await client.AskAsync($"auth messi guess{i}"));
        // The right one tells the guesser nothing now; another account is no part of it.
        Assert.Equal(Replies.TooManyAttempts, await client.AskAsync($"auth messi {ChatService.Password}"));
        Assert.Equal(Replies.WrongPassword, await client.AskAsync("auth lineker guess"));
        Assert.Equal(1, _service.CountOf(LimitNames.Logins));
    }

    [Fact]
    public async Task Without_limits_there_are_none()
    {
        await _service.StopAsync();
        var open = new ChatService { Arguments = ["--attempts-per-minute", "1", "--wrong-passwords", "2"], IsUnlimited = true };
        await open.InitializeAsync();
        try
        {
            var client = await open.ConnectAsync();
            for (var i = 0; i < 20; i++) Assert.Equal(Replies.WrongPassword, await client.AskAsync("auth messi guess"));
        }
        finally
        {
            await open.DisposeAsync();
        }
    }
}
