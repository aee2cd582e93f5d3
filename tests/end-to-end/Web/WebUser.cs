using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using OrleansChat.EndToEnd.Tests.Service;

namespace OrleansChat.EndToEnd.Tests.Web;

/// <summary>A user of the HTTP API.</summary>
internal sealed class WebUser(string name, string token, HttpClient http) : IDisposable
{
    public string Name => name;

    public string Token => token;

    /// <summary>The inbox.</summary>
    public string Inbox { get; private set; } = "";

    public string Epoch { get; private set; } = "";

    /// <summary>Logs in.</summary>
    public static async Task<WebUser> LogInAsync(ChatService service, string name)
    {
        using var stranger = new HttpClient { BaseAddress = service.Web };
        var reply = await stranger.PostAsJsonAsync("sessions", new { user = name, password = ChatService.Password });
        Assert.Equal(201, (int)reply.StatusCode);
        return await OpenAsync(service, name, (await JsonOf(reply)).GetProperty("token").GetString()!);
    }

    /// <summary>Opens a session with a token of any door.</summary>
    public static async Task<WebUser> OpenAsync(ChatService service, string name, string token)
    {
        var http = new HttpClient { BaseAddress = service.Web };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var user = new WebUser(name, token, http);
        var account = await user.AskAsync("GET", "account");
        Assert.Equal(name, account.GetProperty("user").GetString());
        (user.Inbox, user.Epoch) = (account.GetProperty("inbox").GetString()!, account.GetProperty("epoch").GetString()!);
        return user;
    }

    /// <summary>Asks for what must succeed.</summary>
    public async Task<JsonElement> AskAsync(string method, string path, object? body = null, string? key = null)
    {
        var (status, json) = await TryAsync(method, path, body, key);
        Assert.True(status is >= 200 and < 300, $"{method} {path}: {status} {json}");
        return json;
    }

    /// <summary>Asks for anything.</summary>
    public async Task<(int Status, JsonElement Json)> TryAsync(string method, string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = JsonContent.Create(body);
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var reply = await http.SendAsync(request);
        return ((int)reply.StatusCode, await JsonOf(reply));
    }

    /// <summary>The code of what must fail.</summary>
    public async Task<string> CodeAsync(string method, string path, object? body = null, string? key = null) =>
        (await TryAsync(method, path, body, key)).Json.GetProperty("code").GetString()!;

    public Task<JsonElement> SendAsync(string to, string text, string? key = null) =>
        AskAsync("POST", "messages", new { to = $"@{to}", text }, key);

    /// <summary>Says something in a room.</summary>
    public Task<JsonElement> SayAsync(string room, string text, string? key = null) =>
        AskAsync("POST", "messages", new { to = $"#{room}", text }, key);

    /// <summary>Asks with a path as it is written, and without a body; the whole answer.</summary>
    public async Task<string> RawAsync(string method, string path)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(http.BaseAddress!.Host, http.BaseAddress.Port);
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"));
        using var reader = new StreamReader(connection.GetStream());
        return await reader.ReadToEndAsync();
    }

    public void Dispose() => http.Dispose();

    private static async Task<JsonElement> JsonOf(HttpResponseMessage reply)
    {
        var text = await reply.Content.ReadAsStringAsync();
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }
}
