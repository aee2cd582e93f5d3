using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansChat.Tests.Shared;

/// <summary>A certificate for this machine that has signed itself, in files that can be replaced.</summary>
public sealed class TestCertificate : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orleanschat-tls-").FullName;

    /// <summary>Makes one, and writes it.</summary>
    /// <param name="name">What tells it from others.</param>
    public TestCertificate(string name) => Write(Make(name));

    /// <summary>The certificate, as PEM.</summary>
    public string CertificateFile => Path.Combine(_folder, "server.pem");

    /// <summary>Its private key, as PEM.</summary>
    public string KeyFile => Path.Combine(_folder, "server.key");

    /// <summary>What a client needs that trusts what is in the files now.</summary>
    public SslClientAuthenticationOptions Trusted
    {
        get
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(CertificateFile);
            return new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy };
        }
    }

    /// <summary>Makes a certificate with its key.</summary>
    public static X509Certificate2 Make(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    /// <summary>Puts another one into the files.</summary>
    public void Write(X509Certificate2 certificate)
    {
        File.WriteAllText(KeyFile, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
