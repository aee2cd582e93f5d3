using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Doors.Line;
using OrleansChat.Gateway.Transport;

namespace OrleansChat.Gateway;

/// <summary>Says when and where clients can come.</summary>
public static partial class ListeningLog
{
    /// <summary>Logs the addresses as soon as they are open; <paramref name="what"/> is named with them.</summary>
    public static void LogListening(this WebApplication app, string what) =>
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var logger = app.Services.GetRequiredService<ILogger<LineConnectionHandler>>();
            if (OperatingSystem.IsLinux() && !TcpInfo.IsTold) LogNotTold(logger);
            Log(logger, what, string.Join(" and ", app.Urls.Select(url => Describe(new Uri(url)))));
        });

    private static string Describe(Uri url) => url.Scheme == Uri.UriSchemeHttps ? $"{url.Authority} (TLS)" : url.Authority;

    [LoggerMessage(Level = LogLevel.Warning, Message =
        "This kernel, or a sandbox in its place, does not tell how far TCP connections have got (TCP_INFO, Linux 4.19): "
        + "a line counts as the receipt of an 'inbox' that was still on its way when this was answered.")]
    private static partial void LogNotTold(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "OrleansChat ({What}) listens on {Addresses}.")]
    private static partial void Log(ILogger logger, string what, string addresses);
}
