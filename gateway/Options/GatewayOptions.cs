using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Net;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Gateway.Options;

/// <summary>The settings of a gateway, whichever process it is in.</summary>
[Section("Clients", IsFlat = true)]
public sealed class GatewayOptions : IValidatableObject
{
    /// <summary>The value of <see cref="Listen"/> that opens no address for clients.</summary>
    public const string ListenNowhere = "none";

    [Description("The address and port for clients; none for no such address.")]
    [EndPoint(None = ListenNowhere)]
    public string Listen { get; set; } = "127.0.0.1:8889";

    [Description("A second address and port, which the processes of one machine listen on together: the kernel spreads the connections "
        + "over them. Linux only.")]
    [EndPoint]
    public string SharedListen { get; set; } = "";

    public TlsOptions Tls { get; } = new();

    public WebOptions Web { get; } = new();

    public ProxyOptions Proxies { get; } = new();

    public LineOptions Line { get; } = new();

    public LimitOptions Limits { get; } = new();

    /// <summary>Where <see cref="Listen"/> points; null for nowhere.</summary>
    public IPEndPoint? ListenEndPoint => Listen == ListenNowhere ? null : IPEndPoint.Parse(Listen);

    /// <summary>Where <see cref="SharedListen"/> points, or null.</summary>
    public IPEndPoint? SharedListenEndPoint => SharedListen.Length == 0 ? null : IPEndPoint.Parse(SharedListen);

    /// <summary>The addresses of the text protocol.</summary>
    public IEnumerable<IPEndPoint> LineEndPoints => new[] { ListenEndPoint, SharedListenEndPoint, Tls.EndPoint }.OfType<IPEndPoint>();

    /// <summary>All addresses for clients.</summary>
    public IEnumerable<IPEndPoint> EndPoints => LineEndPoints.Concat(Web.EndPoints);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Tls.EndPoint is { } tls && (tls.Equals(ListenEndPoint) || tls.Equals(SharedListenEndPoint)))
        {
            yield return new ValidationResult(
                $"'{Tls.Listen}' cannot be for TLS and for plain TCP: give --tls-listen an address and port of its own.");
        }
        if (Web.TlsEndPoint is not null && Tls.Certificate.Length == 0)
            yield return new ValidationResult("--web-tls-listen needs --tls-certificate FILE too.");
        if (Tls.Certificate.Length > 0 && Tls.EndPoint is null && Web.TlsEndPoint is null)
            yield return new ValidationResult("TLS needs both --tls-listen ADDRESS:PORT and --tls-certificate FILE.");
        var twice = EndPoints.Where(endPoint => endPoint.Port != 0).GroupBy(endPoint => endPoint).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null && Web.EndPoints.Contains(twice.Key))
        {
            yield return new ValidationResult(
                $"'{twice.Key}' cannot be for HTTP and for something else: give --web-listen a port of its own.");
        }
        if (SharedListen.Length == 0) yield break;
        if (ListenEndPoint is null)
            yield return new ValidationResult("--shared-listen goes with an address of the process's own: give --listen too.");
        if (!OperatingSystem.IsLinux()) yield return new ValidationResult("--shared-listen needs Linux.");
    }
}
