using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Gateway.Options;

/// <summary>Proxies between clients and a gateway.</summary>
/// <remarks>
/// A proxy's TCP acknowledges replies that may never reach the client: so behind one the orderly end of a connection does not show
/// receipt, and what was read last is handed over again.
/// </remarks>
[Section("Proxies")]
public sealed class ProxyOptions : IValidatableObject
{
    [Description("Whether clients come through a proxy that ends their TCP connections, and does not say whose they are: an orderly end "
        + "of a connection then does not show that a message was received.")]
    public bool BehindProxy { get; set; }

    [Description("Proxies whose PROXY headers (version 1 or 2) are believed, and must begin each of their connections: addresses and "
        + "networks (CIDR), separated by commas, such as 10.0.0.0/8,192.0.2.1,::1.")]
    [Argument("--trusted-proxies")]
    public string Trusted { get; set; } = "";

    /// <summary>Whether some clients are known to come through proxies.</summary>
    internal bool IsAny => BehindProxy || Trusted.Length > 0;

    /// <inheritdoc/>
    /// <exception cref="ConfigurationException">A trusted proxy is malformed.</exception>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        _ = TrustedNetworks.Parse(Trusted);
        return [];
    }
}
