using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace OrleansChat.Gateway.Transport.Tls;

/// <summary>What clients find wrong with a certificate, now or soon. Each fault continues a sentence that its name begins.</summary>
internal static class CertificateFaults
{
    /// <summary>How long before its end an expiry counts as a fault.</summary>
    internal static readonly TimeSpan Notice = TimeSpan.FromDays(14);

    private const string ForServers = "1.3.6.1.5.5.7.3.1", ForAll = "2.5.29.37.0";

    /// <summary>Finds the faults; none if the certificate is right.</summary>
    /// <param name="certificate">The server's own certificate.</param>
    /// <param name="others">The certificates that lead to its root; the server's own may be among them.</param>
    /// <param name="now">The time to judge by.</param>
    public static IEnumerable<string> Of(X509Certificate2 certificate, X509Certificate2Collection others, DateTimeOffset now)
    {
        if (TimeFault(certificate, now) is { } fault) yield return fault;
        var usages = certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .SelectMany(extension => extension.EnhancedKeyUsages.Cast<Oid>().Select(usage => usage.Value)).ToList();
        if (usages.Count > 0 && !usages.Contains(ForServers) && !usages.Contains(ForAll))
            yield return "is not for servers (its extended key usage lacks serverAuth), and no client accepts it.";
        if (!certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().Any(NamesHost))
            yield return "names no host (subjectAltName), and many clients do not accept it.";
        foreach (var other in others.Where(other => !other.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span)))
            if (TimeFault(other, now) is { } otherFault) yield return $"is vouched for by {other.Subject}, which {otherFault}";
    }

    private static string? TimeFault(X509Certificate2 certificate, DateTimeOffset now)
    {
        DateTimeOffset begin = certificate.NotBefore, end = certificate.NotAfter;
        return now < begin ? $"is not valid before {begin.UtcDateTime:u}, and no client accepts it until then."
            : now > end ? $"expired at {end.UtcDateTime:u}, and no client accepts it."
            : end - now <= Notice ? $"expires at {end.UtcDateTime:u}, in {(end - now).TotalDays:F0} days."
            : null;
    }

    private static bool NamesHost(X509SubjectAlternativeNameExtension names) =>
        names.EnumerateDnsNames().Any() || names.EnumerateIPAddresses().Any();
}
