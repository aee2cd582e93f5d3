using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansChat.Bench.Abuse;

/// <summary>
/// A certificate for this machine, signed by itself, with its key in a file that only its owner may read; gone at the end.
/// </summary>
internal sealed class TemporaryCertificate : IDisposable
{
    /// <summary>Makes one.</summary>
    public TemporaryCertificate()
    {
        // Created for its owner alone.
        File = Path.GetTempFileName();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        System.IO.File.WriteAllText(File, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }

    /// <summary>The PEM file with both.</summary>
    public string File { get; }

    /// <inheritdoc/>
    public void Dispose() => System.IO.File.Delete(File);
}
