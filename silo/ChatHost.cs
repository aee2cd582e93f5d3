using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway;
using OrleansChat.Grains;
using OrleansChat.Storage;

namespace OrleansChat.Silo;

/// <summary>Puts the service together: storage, grains, and the gateway in the same process.</summary>
public static partial class ChatHost
{
    /// <summary>How long a stop waits for commands in flight.</summary>
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Builds the service from the arguments, the environment and appsettings.json.</summary>
    /// <exception cref="ConfigurationException">A setting is missing or wrong.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddCommandLine(args, ChatOptions.Switches.ToDictionary());
        var options = ChatOptions.Read(builder.Configuration);

        builder.Logging.AddSimpleConsole(console => console.TimestampFormat = "HH:mm:ss ");
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTimeout);
        builder.Services.Configure<ChatSessionOptions>(session => session.IdleTimeout = options.SessionIdleTimeout);

        // Started in this order, and stopped in the other one: the database, the grains, what watches it, the gateway.
        builder.Services.AddChatStorage(new StorageOptions
        {
            ConnectionString = options.Database,
            Host = GrainHosting.Kind,
            MailboxWriters = options.MailboxWriters,
        });
        if (options.DemoUsers) builder.Services.AddHostedService<DemoUsers>();
        GrainHosting.AddGrains(builder);
        builder.Services.AddHostedService<AccountWatcher>();
        builder.Services.AddHostedService<Housekeeping>();
        builder.AddGateway(options.ListenEndPoint);
        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var address = new Uri(app.Urls.Single()).Authority;
            LogListening(app.Services.GetRequiredService<ILogger<ChatOptions>>(), GrainHosting.Kind, address);
        });
        return app;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "OrleansChat ({Host} host) listens on {Address}.")]
    private static partial void LogListening(ILogger logger, HostKind host, string address);
}
