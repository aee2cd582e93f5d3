using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OrleansChat.Gateway.Transport.Tls;

namespace OrleansChat.Gateway.Tests.Transport.Tls;

/// <summary>What is said of a certificate before clients do.</summary>
public sealed class CertificateFaultsTests
{
    private const string ForServers = "1.3.6.1.5.5.7.3.1", ForClients = "1.3.6.1.5.5.7.3.2", ForAll = "2.5.29.37.0";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-30, -1, "expired at 2026-02-28 12:00:00Z, and no client accepts it.")]
    [InlineData(1, 30, "is not valid before 2026-03-02 12:00:00Z, and no client accepts it until then.")]
    [InlineData(-30, 5, "expires at 2026-03-06 12:00:00Z, in 5 days.")]
    [InlineData(-30, 14, "expires at 2026-03-15 12:00:00Z, in 14 days.")]
    [InlineData(-30, 15, null)]
    public void Its_time_is_told(int fromDay, int toDay, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], FaultsOf(Make(fromDay, toDay)));

    [Theory]
    [InlineData(ForClients, false)]
    [InlineData(ForServers, true)]
    [InlineData(ForAll, true)]
    public void One_that_is_for_clients_only_is_accepted_by_none(string usage, bool isRight)
    {
        var faults = FaultsOf(Make(-30, 30, usage));
        if (isRight) Assert.Empty(faults);
        else Assert.Equal("is not for servers (its extended key usage lacks serverAuth), and no client accepts it.", Assert.Single(faults));
    }

    [Fact]
    public void One_without_a_host_s_name_is_told() =>
        Assert.Equal(
            "names no host (subjectAltName), and many clients do not accept it.",
            Assert.Single(FaultsOf(Make(-30, 30, host: null))));

    [Fact]
    public void So_are_the_ends_of_those_that_vouch_for_it()
    {
        var certificate = Make(-30, 30);
        Assert.Equal("is vouched for by CN=authority, which expires at 2026-03-03 12:00:00Z, in 2 days.",
            Assert.Single(CertificateFaults.Of(certificate, [certificate, Make(-30, 2, name: "authority")], Now)));
    }

    private static IEnumerable<string> FaultsOf(X509Certificate2 certificate) => CertificateFaults.Of(certificate, [certificate], Now);

    private static X509Certificate2 Make(int fromDay, int toDay, string? usage = null, string? host = "localhost", string name = "server")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        if (host is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(host);
            request.CertificateExtensions.Add(names.Build());
        }
        if (usage is not null) request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        return request.CreateSelfSigned(Now.AddDays(fromDay), Now.AddDays(toDay));
    }
}
