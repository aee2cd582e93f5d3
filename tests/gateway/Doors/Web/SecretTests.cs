using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>No password, token or text reaches a log, whatever the framework writes at its most talkative.</summary>
public sealed class SecretTests
{
    private const string Text = "nobody else reads this", New = "pekanbaru-2026", Code = "abcdefghijklmnopqrstuvwxyz";

    [Fact]
    public async Task What_a_client_keeps_to_itself_is_in_no_log()
    {
        var log = new Everything();
        await using var world = await WebWorld.StartAsync(log: log);
        world.Chat.Stored = new AppendReply(SendStatus.Sent, [new EntryPlace(1, 2, default)], "flushed");
        await world.SendAsync("POST", "/v1/sessions", $$"""{"user": "{{ScriptedChat.Owner}}", "password": "{{ScriptedChat.Password}}"}""");
        await world.SendAsync("POST", "/v1/sessions", $$"""{"user": 5, "password": "{{ScriptedChat.Password}}"}""");
        await world.SendAsync("POST", "/v1/messages", $$"""{"to": "@lineker", "text": "{{Text}}"}""");
        await world.SendAsync("POST", "/v1/messages", $$"""{"to": "@lineker", "text": "{{Text}}" "x"}""");
        world.Chat.Answers[nameof(IConversationGrain.ListBlocked)] = new object();
        Assert.Equal("unavailable", (await world.SendAsync("GET", "/v1/blocks")).Problem);
        // Nothing is scripted for two of the rest: they fail as a grain does.
        world.Chat.Answers[nameof(IAccountGrain.ChangePassword)] = AccountStatus.BadPassword;
        await world.SendAsync("PUT", "/v1/account/password", $$"""{"old": "{{ScriptedChat.Password}}", "new": "{{New}}"}""");
        await world.SendAsync(
            "POST", "/v1/accounts", $$"""{"user": "new", "name": "N", "password": "{{New}}", "invitation": "{{Code}}"}""");
        await world.SendAsync("POST", "/v1/account/reset", $$"""{"user": "messi", "code": "{{Code}}", "new": "{{New}}"}""");
        world.Chat.Answers[nameof(IAccountGrain.Redeem)] = new RedemptionReply(AccountStatus.NoInvitation);
        await world.SendAsync("POST", "/v1/invitations/redeem", $$"""{"invitation": "{{Code}}"}""");
        world.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", world.Token + "x");
        await world.SendAsync("GET", "/v1/account");

        Assert.NotEmpty(log.Lines);
        foreach (var secret in new[] { ScriptedChat.Password, world.Token, Text, New, Code })
            Assert.DoesNotContain(log.Lines, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Keeps all that is logged.</summary>
    private sealed class Everything : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            Lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose() { }
    }
}
