using System.Net;
using System.Net.Sockets;
using OrleansChat.Bench.Versions;

namespace OrleansChat.Bench.Tests;

/// <summary>How a version that may be older or newer is spoken to.</summary>
public sealed class VersionTests
{
    [Theory]
    [InlineData("orleanschat: '--help' is no setting. There are: --migrate --database --listen --no-limits --max-connections")]
    [InlineData("Unknown option '--help'. Known options: --listen, --migrate, --no-limits.")]
    [InlineData("Options:\n  --listen <address>   Where clients connect.\n  --no-limits          Lifts the limits.\n")]
    public void A_silo_says_which_options_it_has_in_its_help_and_in_its_refusal(string said)
    {
        string[] asked = ["--listen", "--no-limits", "--password-hashes"];
        Assert.Equal(["--listen", "--no-limits"], ServiceVersion.OptionsIn(said).Intersect(asked).Order());
    }

    [Theory]
    [InlineData("Commands:\n  add <user> <name>  Adds a user.\n  import <file>      Adds users.\n  migrate            Migrates.\n", true)]
    [InlineData("Commands:\n  add <user> <name>  Adds a user.\n  import <file>      Adds users; these migrate too.\n", false)]
    public void The_command_that_migrates_is_used_where_there_is_one(string help, bool isThere)
    {
        Assert.Contains("import", ServiceVersion.CommandsIn(help));
        Assert.Equal(isThere, ServiceVersion.CommandsIn(help).Contains("migrate"));
    }

    [Fact]
    public async Task Logins_bring_the_tokens_in_the_order_of_the_users()
    {
        (string, string)[] users = [.. Enumerable.Range(0, 20).Select(i => ($"user{i}", $"secret{i}"))];
        var tokens = await LogInAsync(users, line => $"{{\"status\": \"OK\", \"tokenid\": \"{line.Replace(' ', '-')}\"}}");
        Assert.Equal(users.Select(user => $"auth-{user.Item1}-{user.Item2}"), tokens);
    }

    [Fact]
    public async Task A_login_that_is_refused_ends_the_run_with_the_reply()
    {
        const string Refusal = "{\"status\": \"ERROR\", \"message\": \"Password Salah\"}";
        var refusal = await Assert.ThrowsAsync<BenchException>(() => LogInAsync([("messi", "wrong")], _ => Refusal));
        Assert.Contains("Password Salah", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> LogInAsync((string, string)[] users, Func<string, string> answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var end = new CancellationTokenSource();
        var serving = ServeAsync(listener, answer, end.Token);
        try
        {
            return await Logins.OpenAsync(listener.LocalEndpoint, users, CancellationToken.None);
        }
        finally
        {
            await end.CancelAsync();
            await serving;
        }
    }

    private static async Task ServeAsync(TcpListener listener, Func<string, string> answer, CancellationToken cancellationToken)
    {
        var connections = new List<Task>();
        try
        {
            while (true) connections.Add(AnswerAsync(await listener.AcceptTcpClientAsync(cancellationToken)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }

        async Task AnswerAsync(TcpClient client)
        {
            using (client)
            {
                using var reader = new StreamReader(client.GetStream());
                await using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
                while (await reader.ReadLineAsync(CancellationToken.None) is { } line) await writer.WriteAsync($"{answer(line)}\r\n\r\n");
            }
        }
    }
}
