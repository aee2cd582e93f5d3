using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Options;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Gateway.Transport.Tls;

/// <summary>
/// The certificate that TLS clients are shown. It is read from files, and read again when these change: open connections keep the
/// old certificate, new ones get the new one. Changed files that cannot be used are logged and otherwise ignored.
/// </summary>
internal sealed partial class ServerCertificate : BackgroundService
{
    /// <summary>How often the files are checked, by path, time and size: so links that now point elsewhere are noticed too.</summary>
    internal static readonly TimeSpan CheckEvery = TimeSpan.FromSeconds(5);

    /// <summary>How often the log repeats what is wrong with the certificate, or soon will be.</summary>
    internal static readonly TimeSpan WarnEvery = TimeSpan.FromDays(1);

    private readonly TlsOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private string _stamp;
    private string? _refused;
    private X509Certificate2Collection _others = [];
    private DateTimeOffset _judgedAt;

    /// <summary>Reads the files.</summary>
    /// <exception cref="ConfigurationException">They cannot be used.</exception>
    public ServerCertificate(TlsOptions options, TimeProvider time, ILogger<ServerCertificate> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _stamp = Stamp();
        try
        {
            Current = Load();
        }
        catch (Exception exception) when (IsUnusable(exception))
        {
            throw new ConfigurationException($"The TLS certificate '{options.Certificate}' cannot be used: {exception.Message}");
        }
    }

    /// <summary>The certificate and its chain, for the next handshake.</summary>
    public SslStreamCertificateContext Current { get; private set; }

    /// <summary>
    /// Reads the files if they differ from those in use. Files that could not be used are read again every time: a change of their
    /// permissions does not show in the stamp.
    /// </summary>
    internal void Check()
    {
        if (_time.GetUtcNow() - _judgedAt >= WarnEvery) Judge(Current.TargetCertificate);
        var stamp = Stamp();
        if (stamp == _stamp) return;
        try
        {
            Current = Load();
            _stamp = stamp;
        }
        catch (Exception exception)
        {
            if (_refused != stamp) LogUnusable(_options.Certificate, exception.Message);
            _refused = stamp;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(CheckEvery, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Check();
    }

    private SslStreamCertificateContext Load()
    {
        var isPfx = Path.GetExtension(_options.Certificate).ToUpperInvariant() is ".PFX" or ".P12";
        var (certificate, others) = isPfx ? LoadPfx() : LoadPem();
        if (!certificate.HasPrivateKey) throw new CryptographicException("It has no private key.");
        var context = SslStreamCertificateContext.Create(certificate, others, offline: true);
        LogLoaded(certificate.Subject, certificate.NotAfter.ToUniversalTime());
        _others = others;
        Judge(certificate);
        return context;
    }

    private void Judge(X509Certificate2 certificate)
    {
        _judgedAt = _time.GetUtcNow();
        foreach (var fault in CertificateFaults.Of(certificate, _others, _judgedAt)) LogFault(certificate.Subject, fault);
    }

    private (X509Certificate2 Certificate, X509Certificate2Collection Others) LoadPfx()
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(_options.Certificate, _options.KeyPassword.TrimEnd('\n', '\r'));
        var own = all.FirstOrDefault(certificate => certificate.HasPrivateKey);
        return (own ?? throw new CryptographicException("It has no private key."), all);
    }

    private (X509Certificate2 Certificate, X509Certificate2Collection Others) LoadPem()
    {
        var key = _options.Key.Length > 0 ? _options.Key : null;
        var certificate = _options.KeyPassword.Length > 0
            ? X509Certificate2.CreateFromEncryptedPemFile(_options.Certificate, _options.KeyPassword.TrimEnd('\n', '\r'), key)
            : X509Certificate2.CreateFromPemFile(_options.Certificate, key);
        var others = new X509Certificate2Collection();
        others.ImportFromPemFile(_options.Certificate);
        return (certificate, others);
    }

    private string Stamp() =>
        string.Join('|', new[] { _options.Certificate, _options.Key }.Where(file => file.Length > 0).Select(StampOf));

    private static string StampOf(string file)
    {
        try
        {
            var info = File.ResolveLinkTarget(file, returnFinalTarget: true) as FileInfo ?? new FileInfo(file);
            return $"{info.FullName} {info.LastWriteTimeUtc.Ticks} {info.Length}";
        }
        catch (Exception exception) when (IsUnusable(exception))
        {
            return "";
        }
    }

    private static bool IsUnusable(Exception exception) =>
        exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    [LoggerMessage(2103, LogLevel.Information, "Loaded the TLS certificate {Subject}, valid until {NotAfter:u}.")]
    private partial void LogLoaded(string subject, DateTime notAfter);

    [LoggerMessage(2104, LogLevel.Warning, "The TLS certificate {Subject} {Fault}")]
    private partial void LogFault(string subject, string fault);

    [LoggerMessage(2105, LogLevel.Error,
        "The TLS certificate {File} has changed and cannot be used: {Reason} The previous certificate stays in use.")]
    private partial void LogUnusable(string file, string reason);
}
