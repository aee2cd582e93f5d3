using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>The HTTP door of a real gateway, in front of <see cref="ScriptedChat"/>.</summary>
internal sealed class WebWorld : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebWorld(WebApplication app)
    {
        _app = app;
        Chat = (ScriptedChat)app.Services.GetRequiredService<IChatGrains>();
        Address = new Uri(app.Urls.Single());
        Client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Address };
        Token = Chat.Open();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        Chat.Answers[nameof(IConversationGrain.ReadAccount)] =
            new OwnAccount(ScriptedChat.Owner, ScriptedChat.Name, ScriptedChat.Inbox, ScriptedChat.Epoch, 9, 3);
    }

    public ScriptedChat Chat { get; }

    public Uri Address { get; }

    /// <summary>A client with the token of a session.</summary>
    public HttpClient Client { get; }

    public string Token { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<WebWorld> StartAsync(Action<GatewayOptions>? configure = null, ILoggerProvider? log = null)
    {
        var options = new GatewayOptions { Listen = GatewayOptions.ListenNowhere };
        options.Web.Listen = "127.0.0.1:0";
        configure?.Invoke(options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (log is not null) builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddLimits(options);
        builder.AddGateway(options);
        builder.Services.AddSingleton<IChatGrains>(new ScriptedChat());
        var app = builder.Build();
        app.MapGateway(options);
        await app.StartAsync();
        return new WebWorld(app);
    }

    /// <summary>Sends a request with a body.</summary>
    public Task<WebReply> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        return SendAsync(method, path, content, headers);
    }

    /// <summary>Sends a request with a body of any kind.</summary>
    public async Task<WebReply> SendAsync(
        string method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        foreach (var (name, value) in headers) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        using var response = await Client.SendAsync(request).WaitAsync(Waiting.Patience);
        return await WebReply.ReadAsync(response);
    }

    /// <summary>Sends bytes on a connection of their own, and reads until the service closes it, or a time has passed.</summary>
    public async Task<string> SendRawAsync(byte[] bytes)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, Address.Port);
        await socket.SendAsync(bytes);
        var (answer, buffer) = (new StringBuilder(), new byte[4096]);
        try
        {
            while (await socket.ReceiveAsync(buffer).WaitAsync(Waiting.Patience) is > 0 and var count)
                answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        catch (SocketException)
        {
            // It was reset.
        }
        return answer.ToString();
    }

    /// <summary>Sends a request as it is written, without a body.</summary>
    public Task<string> SendRawAsync(string method, string target, params string[] headers) => SendRawAsync(Encoding.Latin1.GetBytes(
        $"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {Token}\r\n"
        + string.Concat(headers.Select(header => header + "\r\n")) + "\r\n"));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>An answer, read.</summary>
internal sealed record WebReply(HttpStatusCode Code, string Text, HttpResponseHeaders Headers, string? ContentType)
{
    public int Status => (int)Code;

    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>The code of the problem.</summary>
    public string Problem
    {
        get
        {
            Assert.Equal("application/problem+json", ContentType);
            Assert.Equal(Status, Json.GetProperty("status").GetInt32());
            Assert.NotEmpty(Json.GetProperty("title").GetString()!);
            Assert.NotEmpty(Json.GetProperty("detail").GetString()!);
            Assert.Equal("about:blank", Json.GetProperty("type").GetString());
            return Json.GetProperty("code").GetString()!;
        }
    }

    public static async Task<WebReply> ReadAsync(HttpResponseMessage response)
    {
        Assert.True(response.Headers.CacheControl?.NoStore, "Every answer is no-store.");
        return new WebReply(
            response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers,
            response.Content.Headers.ContentType?.MediaType);
    }
}
