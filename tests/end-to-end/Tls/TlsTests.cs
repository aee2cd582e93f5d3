using System.Net.Security;
using System.Security.Authentication;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Tls;

/// <summary>The address for TLS, and what clients of all kinds do there.</summary>
public sealed class TlsTests(TlsChatService service) : IClassFixture<TlsChatService>
{
    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Both_versions_are_spoken(SslProtocols version)
    {
        var options = service.Certificate.Trusted;
        options.EnabledSslProtocols = version;

        using var client = await WireClient.ConnectAsync(service.EndPoint, tls: options);

        Assert.Equal(Replies.NotACommand, await client.AskAsync("?"));
    }

    [Fact]
    public async Task A_client_that_offers_a_protocol_of_its_own_is_served()
    {
        var options = service.Certificate.Trusted;
        options.ApplicationProtocols = [new SslApplicationProtocol("chat")];

        using var client = await WireClient.ConnectAsync(service.EndPoint, tls: options);

        Assert.Equal(Replies.NotACommand, await client.AskAsync("?"));
    }

    [Fact]
    public async Task Who_speaks_plain_text_there_is_sent_away_and_learns_nothing()
    {
        using var plain = await WireClient.ConnectAsync(service.EndPoint);
        await plain.SendAsync("auth messi surabaya\r\n");

        var end = await Record.ExceptionAsync(plain.ReadReplyAsync);

        Assert.True(end is EndOfStreamException or System.Net.Sockets.SocketException, end?.ToString());
        Assert.DoesNotContain("status", end!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handshake_that_does_not_end_keeps_nobody_else_waiting()
    {
        using var silent = await WireClient.ConnectAsync(service.EndPoint);
        await silent.SendAsync(new byte[] { 22, 3, 1, 2, 0, 1 });

        using var client = await service.ConnectAsync();

        Assert.Equal(Replies.NotACommand, await client.AskAsync("?"));
    }

    [Fact]
    public async Task An_end_that_is_said_in_TLS_alone_shows_receipt()
    {
        var (user, other) = await service.EnterAsync("ending");
        Assert.Equal(Replies.Sent, await other.AskAsync($"send {other.Token} {user} 1"));
        using var client = await service.ConnectAsync();
        Assert.Equal(["1"], Replies.TextsIn(await client.AskAsync($"inbox {other.Token}")));

        await using var unread = service.Sql.CreateCommand(
            "SELECT count(*) FROM message m JOIN log USING (log_id) JOIN account a ON a.account_id = m.sender_id "
            + "WHERE a.user_name = $1 AND m.number > received");
        unread.Parameters.Add(new() { Value = user });
        Assert.Equal(1L, await unread.ExecuteScalarAsync());

        await client.EndInTlsAsync();
        await client.ReadEndAsync();

        await Eventually.SeesAsync(WireClient.Patience, unread.ExecuteScalarAsync, count => (long)count! == 0);
    }
}
