using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Gateway.Options;

/// <summary>The HTTP API.</summary>
[Section("HTTP")]
public sealed class WebOptions : IValidatableObject
{
    [Description("The address and port of the HTTP API.")]
    [Argument("--web-listen")]
    [EndPoint]
    public string Listen { get; set; } = "";

    [Description("The address and port of the HTTP API with TLS (https), with the certificate of --tls-certificate.")]
    [Argument("--web-tls-listen")]
    [EndPoint]
    public string TlsListen { get; set; } = "";

    [Description("The origins of the pages that use the HTTP API, separated by commas, such as https://chat.example.org. Without one, the "
        + "API is served to loopback names only (localhost, 127.0.0.1).")]
    [Argument("--web-origins")]
    public string Origins { get; set; } = "";

    /// <summary>Where <see cref="Listen"/> points, or null.</summary>
    public IPEndPoint? EndPoint => Listen.Length == 0 ? null : IPEndPoint.Parse(Listen);

    /// <summary>Where <see cref="TlsListen"/> points, or null.</summary>
    public IPEndPoint? TlsEndPoint => TlsListen.Length == 0 ? null : IPEndPoint.Parse(TlsListen);

    /// <summary>All addresses for HTTP.</summary>
    public IEnumerable<IPEndPoint> EndPoints => new[] { EndPoint, TlsEndPoint }.OfType<IPEndPoint>();

    /// <summary>The origins, each as browsers send it.</summary>
    public string[] OriginList => Origins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Array.Find(OriginList, text => !IsOrigin(text)) is { } wrong)
        {
            yield return new ValidationResult(
                $"'{wrong}' is not a valid origin: give --web-origins SCHEME://HOST[:PORT],... in lower case, "
                + "such as https://chat.example.org.");
        }
    }

    private static bool IsOrigin(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == text;
}
