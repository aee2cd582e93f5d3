using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Web;
using OrleansChat.Tests.Shared;

namespace OrleansChat.EndToEnd.Tests.Crashes;

/// <summary>Event streams when the service's process is killed, and when it stops in order.</summary>
public sealed partial class EventCrashTests : IAsyncLifetime
{
    private static readonly string[] Arguments =
        ["--listen", "127.0.0.1:0", "--web-listen", "127.0.0.1:0", "--demo-users", "true", "--no-limits", "true"];

    private readonly PostgresFixture _database = new();

    public Task InitializeAsync() => _database.InitializeAsync();

    public Task DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_stream_that_resumes_after_a_kill_has_no_gap_and_no_repetition()
    {
        await using var killed = await StartAsync();
        var (reader, inbox, epoch) = await LogInAsync(killed, "messi");
        var (writer, _, _) = await LogInAsync(killed, "henderson");
        var seen = new List<(long Number, string Text)>();
        using (var events = await EventClient.OpenAsync(WebOf(killed), reader))
        {
            var writing = WriteAsync(killed, writer, 0);
            while (seen.Count < 100) seen.Add(Of(await events.EntryAsync()));
            await killed.EndAsync(Signal.Kill);
            seen.AddRange((await events.ToEndAsync()).Where(next => next.Name == "entry").Select(next => Of(next.Data)));
            var acknowledged = await writing;

            await using var again = await StartAsync();
            var start = new { epoch, logs = new Dictionary<string, long> { [inbox] = seen[^1].Number } };
            using var resumed = await EventClient.OpenAsync(WebOf(again), reader, start);
            // The first of these repeats what nobody knows of, under its key.
            for (var i = acknowledged; i < acknowledged + 50; i++) await SendAsync(again, writer, i);
            while (seen[^1].Text != Text(acknowledged + 49)) seen.Add(Of(await resumed.EntryAsync()));

            Assert.Equal(Enumerable.Range(1, seen.Count).Select(number => (long)number), seen.Select(entry => entry.Number));
            Assert.Equal(Enumerable.Range(0, acknowledged + 50).Select(Text), seen.Select(entry => entry.Text));
        }
    }

    [Fact]
    public async Task A_service_that_stops_in_order_says_so_on_each_stream()
    {
        await using var service = await StartAsync();
        var (reader, _, _) = await LogInAsync(service, "messi");
        using var events = await EventClient.OpenAsync(WebOf(service), reader);

        var stopping = service.EndAsync(Signal.Terminate);
        var (name, data) = await events.NextAsync();
        Assert.Equal(("drain", true), (name, data.GetProperty("within").GetInt64() > 0));
        Assert.Empty(await events.ToEndAsync());
        Assert.Equal(0, await stopping);
    }

    private Task<ProgramProcess> StartAsync() => ProgramProcess.StartAsync("orleanschat-silo", _database.ConnectionString, Arguments);

    // How many were acknowledged, one after the other, until the service was gone.
    private static async Task<int> WriteAsync(ProgramProcess service, string token, int first)
    {
        for (var i = first; ; i++)
        {
            try
            {
                await SendAsync(service, token, i);
            }
            catch (HttpRequestException)
            {
                return i;
            }
        }
    }

    private static async Task SendAsync(ProgramProcess service, string token, int number)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(WebOf(service), "messages"))
        {
            Content = JsonContent.Create(new { to = "@messi", text = Text(number) }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Idempotency-Key", Text(number));
        using var reply = await Http.SendAsync(request);
        Assert.True(reply.IsSuccessStatusCode, $"{reply.StatusCode}");
    }

    private static async Task<(string Token, string Inbox, string Epoch)> LogInAsync(ProgramProcess service, string user)
    {
        using var reply = await Http.PostAsJsonAsync(new Uri(WebOf(service), "sessions"), new { user, password = ChatService.Password });
        var token = JsonDocument.Parse(await reply.Content.ReadAsStringAsync()).RootElement.GetProperty("token").GetString()!;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(WebOf(service), "account"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var account = await Http.SendAsync(request);
        var json = JsonDocument.Parse(await account.Content.ReadAsStringAsync()).RootElement;
        return (token, json.GetProperty("inbox").GetString()!, json.GetProperty("epoch").GetString()!);
    }

    private static readonly HttpClient Http = new();

    private static (long Number, string Text) Of(JsonElement entry) =>
        (entry.GetProperty("number").GetInt64(), entry.GetProperty("text").GetString()!);

    private static string Text(int number) => string.Create(CultureInfo.InvariantCulture, $"message-{number}");

    private static Uri WebOf(ProgramProcess service) => new($"http://{WebPattern().Match(service.Output).Groups[1].Value}/v1/");

    [GeneratedRegex(@" and (\S+:\d+) \(HTTP\)")]
    private static partial Regex WebPattern();
}
