using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansChat.Client.Wire;

/// <summary>Chooses how the client verifies that it talks to the intended server.</summary>
internal static class Tls
{
    /// <summary>The TLS options for a connection to a host.</summary>
    /// <param name="host">The name or address that the server's certificate must be for.</param>
    /// <param name="authorities">A PEM file of the certificates that may have signed it; null for those that the system trusts.</param>
    /// <param name="isVerified">False to accept any certificate.</param>
    /// <exception cref="ChatException">The file cannot be used.</exception>
    [SuppressMessage("Security", "CA5359", Justification = "Not verifying is what the user asked for.")]
    public static SslClientAuthenticationOptions For(string host, string? authorities, bool isVerified)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (!isVerified)
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        else if (authorities is not null)
            options.CertificateChainPolicy = Trusting(authorities);
        return options;
    }

    private static X509ChainPolicy Trusting(string file)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ChatException(ExitCode.LocalFailure, $"Cannot read certificates from {file}: {failure.Message}", failure);
        }
        return policy.CustomTrustStore.Count > 0 ? policy
            : throw new ChatException(ExitCode.LocalFailure, $"There are no certificates in {file}: give a PEM file.");
    }
}
