using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrleansChat.Gateway.Hosting;

/// <summary>Says when and where clients can come.</summary>
public static partial class ListeningLog
{
    /// <summary>Logs the addresses as soon as they are open; <paramref name="what"/> is named with them.</summary>
    public static void LogListening(this WebApplication app, string what) =>
        app.Lifetime.ApplicationStarted.Register(() => Log(
            app.Services.GetRequiredService<ILogger<ChatConnectionHandler>>(), what, string.Join(" and ", app.Urls.Select(url => new Uri(url)).Select(url => url.Scheme == Uri.UriSchemeHttps ? $"{url.Authority} (TLS)" : url.Authority))));

    [LoggerMessage(Level = LogLevel.Information, Message = "OrleansChat ({What}) listens on {Addresses}.")]
    private static partial void Log(ILogger logger, string what, string addresses);
}
