using System.Data.Common;
using System.Net;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Gateway.Options;

/// <summary>The settings of a process that serves clients: see <see cref="ChatConfiguration"/> for where they come from.</summary>
public class GatewayOptions : LimitOptions, IProgramOptions
{
    /// <summary>The value of <see cref="Listen"/> that opens no address for clients.</summary>
    public const string ListenNowhere = "none";

    /// <summary>The PostgreSQL connection string. Required.</summary>
    public string Database { get; set; } = "";

    /// <summary>The password, where the connection string has none: for a file of secrets.</summary>
    public string DatabasePassword { get; set; } = "";

    /// <summary>The address and port for clients.</summary>
    public string Listen { get; set; } = "127.0.0.1:8889";

    /// <summary>
    /// A second address and port for clients, which the processes of one machine listen on together: the kernel spreads
    /// the connections over them. Linux only.
    /// </summary>
    public string SharedListen { get; set; } = "";

    /// <summary>An address and port for clients who speak TLS (1.2 or 1.3) from their first byte; empty for none.</summary>
    public string TlsListen { get; set; } = "";

    /// <summary>
    /// The certificate for <see cref="TlsListen"/>: a PEM file with those that lead to its root, or a PFX file (.pfx, .p12).
    /// </summary>
    public string TlsCertificate { get; set; } = "";

    /// <summary>The PEM file of its private key, where it is not in the certificate's.</summary>
    public string TlsKey { get; set; } = "";

    /// <summary>What the key or the PFX file is encrypted with, if it is: for a file of secrets.</summary>
    public string TlsKeyPassword { get; set; } = "";

    /// <summary>
    /// Whether clients come through a proxy that ends their TCP connections. Its TCP acknowledges replies that may never reach
    /// the client: so the orderly end of a connection does not show receipt, and what was read last is handed over again.
    /// </summary>
    public bool BehindProxy { get; set; }

    /// <summary>
    /// Proxies that say in a PROXY header (version 1 or 2) whom a connection is for, and are believed: IP addresses and
    /// networks (CIDR), separated by commas; empty for none. Each of their connections must begin with one, on every address
    /// for clients, and is taken to be behind a proxy as by <see cref="BehindProxy"/>. From others the header is no header.
    /// </summary>
    public string TrustedProxies { get; set; } = "";

    /// <summary>Where <see cref="Listen"/> points; null for nowhere.</summary>
    public IPEndPoint? ListenEndPoint => Listen == ListenNowhere ? null : IPEndPoint.Parse(Listen);

    /// <summary>Where <see cref="SharedListen"/> points, or null.</summary>
    public IPEndPoint? SharedListenEndPoint => SharedListen.Length == 0 ? null : IPEndPoint.Parse(SharedListen);

    /// <summary>Where <see cref="TlsListen"/> points, or null.</summary>
    public IPEndPoint? TlsListenEndPoint => TlsListen.Length == 0 ? null : IPEndPoint.Parse(TlsListen);

    /// <summary>All addresses for clients.</summary>
    public IEnumerable<IPEndPoint> EndPoints => new[] { ListenEndPoint, SharedListenEndPoint, TlsListenEndPoint }.OfType<IPEndPoint>();

    /// <summary><see cref="Database"/> with <see cref="DatabasePassword"/> in it.</summary>
    public string ConnectionString
    {
        get
        {
            var settings = new DbConnectionStringBuilder { ConnectionString = Database };
            if (DatabasePassword.Length > 0 && !settings.ContainsKey("Password"))
                settings["Password"] = DatabasePassword.TrimEnd('\n', '\r');
            return settings.ConnectionString;
        }
    }

    /// <inheritdoc/>
    public virtual void Check()
    {
        if (Database.Length == 0)
        {
            throw new ConfigurationException(
                "No database is set: give a PostgreSQL connection string as --database, "
                + $"{ChatConfiguration.Section}__Database or {ChatConfiguration.Section}:Database.");
        }
        try
        {
            _ = ConnectionString;
        }
        catch (ArgumentException)
        {
            throw new ConfigurationException("The connection string of the database is malformed.");
        }
        CheckLimits();
        if (Listen != ListenNowhere) CheckEndPoint(Listen, "--listen");
        if (TlsListen.Length > 0) CheckEndPoint(TlsListen, "--tls-listen");
        if (TlsListen.Length > 0 != TlsCertificate.Length > 0)
            throw new ConfigurationException("TLS needs both --tls-listen ADDRESS:PORT and --tls-certificate FILE.");
        var shared = SharedListen.Length > 0 && IPEndPoint.TryParse(SharedListen, out var parsed) ? parsed : null;
        if (TlsListenEndPoint is { } tls && (tls.Equals(ListenEndPoint) || tls.Equals(shared)))
        {
            throw new ConfigurationException(
                $"'{TlsListen}' cannot be for TLS and for plain TCP: give --tls-listen an address and port of its own.");
        }
        _ = TrustedNetworks.Parse(TrustedProxies);
        if (TlsKey.Length > 0 && TlsCertificate.Length == 0) throw new ConfigurationException("--tls-key goes with --tls-certificate.");
        if (SharedListen.Length == 0) return;
        CheckEndPoint(SharedListen, "--shared-listen");
        if (ListenEndPoint is null)
            throw new ConfigurationException("--shared-listen goes with an address of the process's own: give --listen too.");
        if (!OperatingSystem.IsLinux()) throw new ConfigurationException("--shared-listen needs Linux.");
    }

    private static void CheckEndPoint(string text, string setting)
    {
        if (!IPEndPoint.TryParse(text, out _) || !text.Contains(':', StringComparison.Ordinal))
        {
            throw new ConfigurationException(
                $"'{text}' is no address to listen on: give {setting} ADDRESS:PORT, such as 127.0.0.1:8889 or [::]:8889.");
        }
    }
}
