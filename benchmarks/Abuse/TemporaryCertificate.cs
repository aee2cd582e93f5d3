using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansChat.Bench.Abuse;

/// <summary>
/// A self-signed certificate for this machine, with its key in a file that only its owner may read; deleted when disposed.
/// </summary>
internal sealed class TemporaryCertificate : IDisposable
{
    /// <summary>Makes a certificate and writes it to a temporary file.</summary>
    public TemporaryCertificate()
    {
        // This creates the file for its owner alone.
        File = Path.GetTempFileName();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        System.IO.File.WriteAllText(File, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }

    /// <summary>The path of the PEM file with certificate and key.</summary>
    public string File { get; }

    public void Dispose() => System.IO.File.Delete(File);
}
