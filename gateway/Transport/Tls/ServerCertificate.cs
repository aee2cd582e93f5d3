using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Options;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Gateway.Transport.Tls;

/// <summary>
/// The certificate that TLS clients are shown, read from files, and read again when these change: connections that are open
/// keep theirs, new ones get the new one. Files that cannot be used are said in the log, and change nothing.
/// </summary>
internal sealed partial class ServerCertificate : BackgroundService
{
    /// <summary>How often the files are looked at. Followed by time and size, which also sees links that were moved.</summary>
    internal static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>How often is said what is wrong with the certificate, or soon will be.</summary>
    internal static readonly TimeSpan WarnEvery = TimeSpan.FromDays(1);

    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private string _stamp;
    private string? _refused;
    private X509Certificate2Collection _others = [];
    private DateTimeOffset _judgedAt;

    /// <summary>Reads the files.</summary>
    /// <exception cref="ConfigurationException">They cannot be used.</exception>
    public ServerCertificate(GatewayOptions options, TimeProvider time, ILogger<ServerCertificate> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _stamp = Stamp();
        try
        {
            Current = Load();
        }
        catch (Exception e) when (IsUnusable(e))
        {
            throw new ConfigurationException($"The TLS certificate '{options.TlsCertificate}' cannot be used: {e.Message}");
        }
    }

    /// <summary>What a handshake begins with now.</summary>
    public SslStreamCertificateContext Current { get; private set; }

    /// <summary>Reads the files if they are others than those in use: also again, who may read them changes unseen.</summary>
    internal void Look()
    {
        if (_time.GetUtcNow() - _judgedAt >= WarnEvery) Judge(Current.TargetCertificate);
        var stamp = Stamp();
        if (stamp == _stamp) return;
        try
        {
            Current = Load();
            _stamp = stamp;
        }
        catch (Exception e)
        {
            if (_refused != stamp) LogUnusable(_logger, _options.TlsCertificate, e.Message);
            _refused = stamp;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken)) Look();
    }

    private SslStreamCertificateContext Load()
    {
        var isPfx = Path.GetExtension(_options.TlsCertificate).ToUpperInvariant() is ".PFX" or ".P12";
        var (certificate, others) = isPfx ? LoadPfx() : LoadPem();
        if (!certificate.HasPrivateKey) throw new CryptographicException("It has no private key.");
        var context = SslStreamCertificateContext.Create(certificate, others, offline: true);
        LogLoaded(_logger, certificate.Subject, certificate.NotAfter.ToUniversalTime());
        _others = others;
        Judge(certificate);
        return context;
    }

    private void Judge(X509Certificate2 certificate)
    {
        _judgedAt = _time.GetUtcNow();
        foreach (var fault in CertificateFaults.Of(certificate, _others, _judgedAt)) LogFault(_logger, certificate.Subject, fault);
    }

    private (X509Certificate2 Certificate, X509Certificate2Collection Others) LoadPfx()
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(_options.TlsCertificate, _options.TlsKeyPassword.TrimEnd('\n', '\r'));
        var own = all.FirstOrDefault(certificate => certificate.HasPrivateKey);
        return (own ?? throw new CryptographicException("It has no private key."), all);
    }

    private (X509Certificate2 Certificate, X509Certificate2Collection Others) LoadPem()
    {
        var key = _options.TlsKey.Length > 0 ? _options.TlsKey : null;
        var certificate = _options.TlsKeyPassword.Length > 0
            ? X509Certificate2.CreateFromEncryptedPemFile(_options.TlsCertificate, _options.TlsKeyPassword.TrimEnd('\n', '\r'), key)
            : X509Certificate2.CreateFromPemFile(_options.TlsCertificate, key);
        var others = new X509Certificate2Collection();
        others.ImportFromPemFile(_options.TlsCertificate);
        return (certificate, others);
    }

    private string Stamp() =>
        string.Join('|', new[] { _options.TlsCertificate, _options.TlsKey }.Where(file => file.Length > 0).Select(StampOf));

    private static string StampOf(string file)
    {
        try
        {
            var info = File.ResolveLinkTarget(file, returnFinalTarget: true) as FileInfo ?? new FileInfo(file);
            return $"{info.FullName} {info.LastWriteTimeUtc.Ticks} {info.Length}";
        }
        catch (Exception e) when (IsUnusable(e))
        {
            return "";
        }
    }

    private static bool IsUnusable(Exception exception) =>
        exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    [LoggerMessage(Level = LogLevel.Information, Message = "The TLS certificate is {Subject}, good until {NotAfter:u}.")]
    private static partial void LogLoaded(ILogger logger, string subject, DateTime notAfter);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The TLS certificate {Subject} {Fault}")]
    private static partial void LogFault(ILogger logger, string subject, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message =
        "The TLS certificate {File} has changed and cannot be used: {Reason} The one before stays.")]
    private static partial void LogUnusable(ILogger logger, string file, string reason);
}
