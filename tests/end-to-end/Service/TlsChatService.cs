using Microsoft.Extensions.DependencyInjection;
using OrleansChat.Gateway.Tls;

namespace OrleansChat.EndToEnd.Tests.Service;

/// <summary>The service for clients who speak TLS, and for no others.</summary>
public sealed class TlsChatService : ChatService
{

    public TlsChatService() : this(new TestCertificate("one")) { }

    private TlsChatService(TestCertificate certificate)
    {
        Certificate = certificate;
        Tls = certificate.Trusted;
        Arguments = ["--listen", "none", "--tls-certificate", certificate.CertificateFile, "--tls-key", certificate.KeyFile];
    }

    /// <summary>What it shows.</summary>
    public TestCertificate Certificate { get; }

    /// <summary>Has it look at its files now, which it does every few seconds.</summary>
    public void LookAtCertificate() => Services.GetRequiredService<ServerCertificate>().Look();

    /// <inheritdoc/>
    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Certificate.Dispose();
    }
}
