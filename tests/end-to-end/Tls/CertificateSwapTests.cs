using System.Security.Authentication;
using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;
using OrleansChat.Tests.Shared;

namespace OrleansChat.EndToEnd.Tests.Tls;

/// <summary>A certificate that is replaced while clients are at work.</summary>
public sealed class CertificateSwapTests : IAsyncLifetime
{
    private const int Clients = 8, SendsBefore = 50, SendsAfter = 50;

    private readonly TlsChatService _service = new() { IsUnlimited = true };

    public Task InitializeAsync() => _service.InitializeAsync();

    public Task DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task No_connection_is_lost_and_new_ones_see_the_new_one()
    {
        var isSwapped = new TaskCompletionSource();
        var isUnderLoad = new TaskCompletionSource();
        var waiting = Clients;
        var loads = Enumerable.Range(0, Clients).Select(_ => LoadAsync()).ToList();

        await await Task.WhenAny(isUnderLoad.Task, Task.WhenAll(loads));
        _service.Certificate.Write(TestCertificate.Make("two"));
        _service.LookAtCertificate();
        var trustsNew = await WireClient.ConnectAsync(_service.EndPoint, tls: _service.Certificate.Trusted);
        Assert.Equal(Replies.NotACommand, await trustsNew.AskAsync("?"));
        await Assert.ThrowsAsync<AuthenticationException>(() => WireClient.ConnectAsync(_service.EndPoint, tls: _service.Tls));
        isSwapped.SetResult();

        await Task.WhenAll(loads);

        async Task LoadAsync()
        {
            var client = await _service.LogInAsync("messi");
            for (var i = 0; i < SendsBefore; i++) await SendAsync();
            if (Interlocked.Decrement(ref waiting) == 0) isUnderLoad.SetResult();
            while (!isSwapped.Task.IsCompleted) await SendAsync();
            for (var i = 0; i < SendsAfter; i++) await SendAsync();

            async Task SendAsync() => Assert.Equal(Replies.Sent, await client.AskAsync($"send {client.Token} lineker on"));
        }
    }
}
