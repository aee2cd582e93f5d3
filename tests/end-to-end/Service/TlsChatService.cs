using Microsoft.Extensions.DependencyInjection;
using OrleansChat.Gateway.Transport.Tls;
using OrleansChat.Tests.Shared;

namespace OrleansChat.EndToEnd.Tests.Service;

/// <summary>The service for clients who speak TLS, and for no others.</summary>
public class TlsChatService : ChatService
{
    public TlsChatService() : this([]) { }

    /// <summary>With settings beside the usual ones.</summary>
    protected TlsChatService(string[] arguments)
    {
        Tls = Certificate.Trusted;
        Arguments = ["--listen", "none", "--tls-certificate", Certificate.CertificateFile, "--tls-key", Certificate.KeyFile, .. arguments];
    }

    /// <summary>What it shows.</summary>
    public TestCertificate Certificate { get; } = new("one");

    /// <summary>Has it look at its files now, which it does every few seconds.</summary>
    public void LookAtCertificate() => Services.GetRequiredService<ServerCertificate>().Check();

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Certificate.Dispose();
    }
}

/// <summary>The same without limits of an address, an account or a mailbox.</summary>
public sealed class UnlimitedTlsChatService : TlsChatService
{
    public UnlimitedTlsChatService() => IsUnlimited = true;
}
