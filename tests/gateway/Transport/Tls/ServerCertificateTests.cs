using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Transport.Tls;
using OrleansChat.Hosting.Settings;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Gateway.Tests.Transport.Tls;

/// <summary>Which certificate is shown, and when it changes.</summary>
public sealed class ServerCertificateTests : IDisposable
{
    private readonly TestCertificate _files = new("one");
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines<ServerCertificate> _log = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Files_that_were_replaced_are_read_again()
    {
        using var certificate = Read();
        Assert.Equal("CN=one", ShownBy(certificate));
        _files.Write(TestCertificate.Make("two"));

        certificate.Check();

        Assert.Equal("CN=two", ShownBy(certificate));
    }

    [Fact]
    public void Files_that_stay_are_not_read_again()
    {
        using var certificate = Read();
        var shown = certificate.Current;

        certificate.Check();

        Assert.Same(shown, certificate.Current);
    }

    [Fact]
    public async Task It_looks_every_few_seconds()
    {
        using var certificate = Read();
        await certificate.StartAsync(default);
        _files.Write(TestCertificate.Make("two"));

        // The loop may not have come to its timer yet.
        while (ShownBy(certificate) != "CN=two")
        {
            _time.Advance(ServerCertificate.CheckEvery);
            await Task.Yield();
        }

        await certificate.StopAsync(default);
    }

    [Theory]
    [InlineData("no certificate")]
    [InlineData("")]
    public void What_cannot_be_used_is_logged_and_changes_nothing_until_it_can(string rubbish)
    {
        using var certificate = Read();
        File.WriteAllText(_files.CertificateFile, rubbish);
        certificate.Check();
        certificate.Check();
        Assert.Equal("CN=one", ShownBy(certificate));
        Assert.Single(_log.At(LogLevel.Error));

        _files.Write(TestCertificate.Make("two"));
        certificate.Check();
        Assert.Equal("CN=two", ShownBy(certificate));
    }

    [Fact]
    public void A_key_of_another_certificate_is_not_used_while_the_files_are_being_replaced()
    {
        using var certificate = Read();
        var next = TestCertificate.Make("two");
        File.WriteAllText(_files.CertificateFile, next.ExportCertificatePem());
        certificate.Check();
        Assert.Equal("CN=one", ShownBy(certificate));

        _files.Write(next);
        certificate.Check();
        Assert.Equal("CN=two", ShownBy(certificate));
    }

    [Fact]
    public void Files_that_may_be_read_only_later_are_read_then()
    {
        using var certificate = Read();
        var kept = _files.KeyFile + ".kept";
        _files.Write(TestCertificate.Make("two"));
        var written = File.GetLastWriteTimeUtc(_files.KeyFile);
        File.Move(_files.KeyFile, kept);
        Directory.CreateDirectory(_files.KeyFile);
        certificate.Check();
        Assert.Equal("CN=one", ShownBy(certificate));

        // As a change of the owner: neither time nor size say it.
        Directory.Delete(_files.KeyFile);
        File.Move(kept, _files.KeyFile);
        Assert.Equal(written, File.GetLastWriteTimeUtc(_files.KeyFile));
        certificate.Check();
        Assert.Equal("CN=two", ShownBy(certificate));
    }

    [Fact]
    public void A_file_that_vanished_changes_nothing()
    {
        using var certificate = Read();
        File.Delete(_files.KeyFile);

        certificate.Check();

        Assert.Equal("CN=one", ShownBy(certificate));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    public void A_pfx_file_will_do_with_or_without_a_password(string password)
    {
        var file = _files.CertificateFile + ".pfx";
        File.WriteAllBytes(file, TestCertificate.Make("pfx").Export(X509ContentType.Pkcs12, password));

        using var certificate = Read(new TlsOptions { Certificate = file, KeyPassword = password + "\n" });

        Assert.Equal("CN=pfx", ShownBy(certificate));
    }

    [Fact]
    public void An_encrypted_key_in_the_certificates_own_file_will_do()
    {
        var made = TestCertificate.Make("both");
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000);
        File.WriteAllText(_files.CertificateFile,
            made.ExportCertificatePem() + "\n" + made.GetECDsaPrivateKey()!.ExportEncryptedPkcs8PrivateKeyPem("secret", parameters));

        using var certificate = Read(new TlsOptions { Certificate = _files.CertificateFile, KeyPassword = "secret" });

        Assert.Equal("CN=both", ShownBy(certificate));
    }

    [Fact]
    public void What_is_wrong_with_it_is_said_when_it_is_read_and_each_day()
    {
        _time.SetUtcNow(DateTimeOffset.UtcNow);
        using var certificate = Read();
        certificate.Check();
        Assert.StartsWith("The TLS certificate CN=one expires at ", Assert.Single(_log.At(LogLevel.Warning)), StringComparison.Ordinal);

        // It is good for a day.
        _time.Advance(ServerCertificate.WarnEvery * 1.01);
        certificate.Check();
        certificate.Check();
        Assert.Equal(2, _log.At(LogLevel.Warning).Count);
        Assert.StartsWith("The TLS certificate CN=one expired at ", _log.At(LogLevel.Warning)[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_start_without_a_usable_certificate_says_which()
    {
        var options = new TlsOptions { Certificate = "/nowhere/server.pem" };

        var refused = Assert.Throws<ConfigurationException>(() => Read(options));

        Assert.Contains("'/nowhere/server.pem' cannot be used", refused.Message, StringComparison.Ordinal);
    }

    private static string ShownBy(ServerCertificate certificate) => certificate.Current.TargetCertificate.Subject;

    private ServerCertificate Read(TlsOptions? options = null) =>
        new(options ?? new TlsOptions { Certificate = _files.CertificateFile, Key = _files.KeyFile }, _time, _log);
}
