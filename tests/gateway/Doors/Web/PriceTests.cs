using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansChat.Gateway.Sessions;
using OrleansChat.GrainInterfaces;
using OrleansChat.GrainInterfaces.Rooms;

namespace OrleansChat.Gateway.Tests.Doors.Web;

/// <summary>What a request costs is what arrives and what is answered, not what somebody says.</summary>
public sealed class PriceTests : IAsyncLifetime
{
    private WebWorld _world = null!;

    public async Task InitializeAsync() => _world = await WebWorld.StartAsync(options => options.Limits.LinesPerSecond = 50);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Theory]
    [InlineData("GET /v1/server")]
    [InlineData("POST /v1/sessions")]
    [InlineData("POST /v1/messages")]
    public async Task A_length_that_is_only_declared_costs_nobody_anything(string request)
    {
        var head = $"{request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: 9000000000000000000\r\n\r\n";
        using (var stranger = new TcpClient())
        {
            await stranger.ConnectAsync(_world.Address.Host, _world.Address.Port);
            await stranger.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
            Assert.NotEqual(-1, stranger.GetStream().ReadByte());
        }

        Assert.Equal(200, (await _world.SendAsync("GET", "/v1/account")).Status);
        Assert.Contains(" 200 ", await _world.SendRawAsync("GET", "/v1/server"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whether_it_is_ready_is_told_however_much_is_owed()
    {
        _world.Services.GetRequiredService<GatewayServices>().Strangers.Charge(1e12);

        Assert.StartsWith("HTTP/1.1 ", await _world.SendRawAsync("GET", "/ready"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Most_bodies_are_short()
    {
        var password = new string('x', 4096);
        var reply = await _world.SendAsync("POST", "/v1/sessions", $$"""{"user": "messi", "password": "{{password}}"}""");
        Assert.Equal((413, "too-large"), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task A_receipt_of_several_logs_is_asked_for_at_once_and_names_no_more_than_a_user_has()
    {
        _world.Chat.Answers[nameof(IMemberGrain.ReceiveLogs)] = ConversationStatus.NotFound;
        var body = $$$"""{"epoch": "{{{ScriptedChat.Epoch}}}", "logs": {"{{{ScriptedChat.Inbox}}}": 3, "999": 1}}""";
        var reply = await _world.SendAsync("POST", "/v1/received", body);
        Assert.Equal((404, "not-found"), (reply.Status, reply.Problem));
        Assert.Equal(nameof(IMemberGrain.ReceiveLogs), Assert.Single(_world.Chat.Asked).Method);

        var many = string.Join(", ", Enumerable.Range(1, 502).Select(log => $"\"{log}\": 1"));
        body = $$$"""{"epoch": "e", "logs": {{{{many}}}}}""";
        Assert.Equal("bad-request", (await _world.SendAsync("POST", "/v1/received", body)).Problem);
        Assert.Single(_world.Chat.Asked);
    }
}
