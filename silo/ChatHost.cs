using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansChat.Gateway;
using OrleansChat.Grains;
using OrleansChat.Grains.Sessions;
using OrleansChat.Hosting;
using OrleansChat.Hosting.Settings;
using OrleansChat.Limits;
using OrleansChat.Silo.Settings;
using OrleansChat.Storage;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;

namespace OrleansChat.Silo;

/// <summary>Puts the service together: storage, grains, and, unless it listens nowhere, the gateway in the same process.</summary>
public static partial class ChatHost
{
    /// <summary>Builds the service from the arguments, the environment and appsettings.json.</summary>
    /// <param name="args">The program's arguments.</param>
    /// <param name="configure">Called last: a program that is not quite this service replaces what it wants otherwise.</param>
    /// <exception cref="ConfigurationException">A setting is missing or wrong.</exception>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? configure = null)
    {
        var (builder, options) = ChatProgram.CreateBuilder<ChatOptions>(args);
        builder.Services.AddLimits(options.Gateway);
        builder.Services.Configure<ChatSessionOptions>(session => session.IdleTimeout = options.Sessions.IdleTimeout);
        builder.Services.AddSingleton(Options.Create(options.Gateway.Limits.NoLimits ? AccountLimits.None : options.Accounts.ToLimits()));
        builder.Services.AddSingleton(options.Gateway.Limits.NoLimits ? RoomLimits.NoRate : new RoomLimits());
        builder.Services.AddSingleton(Options.Create(options.Accounts.ToRules(isLimited: !options.Gateway.Limits.NoLimits)));

        // Started in this order, and stopped in the other one: the database, the grains, what watches it, the gateway.
        var kind = GrainHosting.KindOf(options.Cluster);
        builder.Services.AddChatStorage(new StorageOptions
        {
            ConnectionString = options.Database.ConnectionString,
            Host = kind,
            Migrate = options.Storage.Migrate,
            MailboxWriters = options.Storage.MailboxWriters,
            PasswordHashes = options.Accounts.PasswordHashes,
        });
        if (options.Accounts.DemoUsers) builder.Services.AddHostedService<DemoUsers>();
        GrainHosting.AddGrains(builder, options);
        builder.Services.AddHostedService<AccountWatcher>();
        builder.Services.AddHostedService<RoomWatcher>();
        builder.Services.AddHostedService<Housekeeping>();
        builder.Services.AddClockWatch(services => services.GetRequiredService<Database>().DataSource.CreateConnection());
        if (options.Gateway.EndPoints.Any()) builder.AddGateway(options.Gateway);
        else builder.Services.AddSingleton<IServer, NoServer>();

        configure?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapGateway(options.Gateway);
        if (options.Gateway.EndPoints.Any()) app.LogListening(NameOf(kind));
        else app.Lifetime.ApplicationStarted.Register(() => LogRuns(app.Services.GetRequiredService<ILogger<ChatOptions>>(), NameOf(kind)));
        return app;
    }

    /// <summary>Whether an exception at start tells the operator what to do, so that its message is enough.</summary>
    public static bool IsForOperator(Exception exception) =>
        exception is SchemaVersionException or HostLockException or DiskSpaceException or UnsuitableDatabaseException;

    private static string NameOf(HostKind kind) => kind == HostKind.Cluster ? "silo of a cluster" : "silo alone";

    [LoggerMessage(1500, LogLevel.Information, "OrleansChat ({What}) runs, without clients of its own.")]
    private static partial void LogRuns(ILogger logger, string what);
}
