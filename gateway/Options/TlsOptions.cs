using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Gateway.Options;

/// <summary>TLS for clients.</summary>
[Section("TLS")]
public sealed class TlsOptions : IValidatableObject
{
    [Description("The address and port for clients who speak TLS (1.2 or 1.3) from their first byte.")]
    [Argument("--tls-listen")]
    [EndPoint]
    public string Listen { get; set; } = "";

    [Description("The certificate for it, required with it: a PEM file with those that lead to its root, or a PFX file (.pfx, .p12).")]
    [Argument("--tls-certificate")]
    public string Certificate { get; set; } = "";

    [Description("The PEM file of its private key, where it is not in the same file.")]
    [Argument("--tls-key")]
    public string Key { get; set; } = "";

    [Description("What the key or the PFX file is encrypted with.")]
    [Argument("--tls-key-password")]
    [DataType(DataType.Password)]
    public string KeyPassword { get; set; } = "";

    /// <summary>Where <see cref="Listen"/> points, or null.</summary>
    public IPEndPoint? EndPoint => Listen.Length == 0 ? null : IPEndPoint.Parse(Listen);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // The certificate without this address may be for HTTP: see GatewayOptions.
        if (Listen.Length > 0 && Certificate.Length == 0)
            yield return new ValidationResult("TLS needs both --tls-listen ADDRESS:PORT and --tls-certificate FILE.");
        if (Key.Length > 0 && Certificate.Length == 0) yield return new ValidationResult("--tls-key goes with --tls-certificate.");
    }
}
