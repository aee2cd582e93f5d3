using System.Data.Common;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OrleansChat.Hosting.ConsoleLogs;
using OrleansChat.Hosting.Settings;

namespace OrleansChat.Hosting;

/// <summary>Runs a program of the service until it is told to stop.</summary>
public static class ChatProgram
{
    /// <summary>Settings are read once: watching a file takes an inotify instance, and the machine may have none left.</summary>
    private static readonly string[] NoWatchers = ["--hostBuilder:reloadConfigOnChange=false"];

    /// <summary>How long a stopping program waits for commands in flight, and a silo for its grains.</summary>
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Creates a host builder with what all programs share: checked settings, the log, the clock, the drain timeout.
    /// </summary>
    /// <exception cref="ConfigurationException">A setting is missing or wrong.</exception>
    public static (WebApplicationBuilder Builder, TOptions Options) CreateBuilder<TOptions>(string[] args)
        where TOptions : new()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            Args = NoWatchers,
        });
        builder.Configuration.AddSources<TOptions>(args);
        var options = ChatConfiguration.Read<TOptions>(builder.Configuration);
        builder.Logging.AddConsoleLog();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHostedService<IdleMemory>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTimeout);
        return (builder, options);
    }

    /// <summary>Adds a <see cref="ClockWatch"/>, which compares this machine's clock with the database's.</summary>
    /// <param name="services">The services of the host to watch in.</param>
    /// <param name="connect">Makes a connection to the database without opening it.</param>
    public static void AddClockWatch(this IServiceCollection services, Func<IServiceProvider, DbConnection> connect) =>
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ClockWatch>(provider, () => connect(provider)));

    /// <summary>
    /// Builds and runs a host. Why it could not start is said in a line: see <see cref="StartFailure"/>. A program that was
    /// started with <c>--version</c> alone says its version instead, and one with <c>--help</c> its settings.
    /// </summary>
    /// <typeparam name="TOptions">Its settings.</typeparam>
    /// <param name="build">Builds the host.</param>
    /// <param name="isForOperator">Which of the host's own exceptions have a message for the operator.</param>
    /// <returns>The exit code: 0, or 1 when it could not start or go on.</returns>
    public static async Task<int> RunAsync<TOptions>(Func<IHost> build, Predicate<Exception> isForOperator) where TOptions : new()
    {
        string[] arguments = Environment.GetCommandLineArgs()[1..];
        if (arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.Write(SettingsHelp.Of(Assembly.GetEntryAssembly()!.GetName().Name!, new TOptions()));
            return 0;
        }
        if (arguments is ["--version"])
        {
            var version = Assembly.GetEntryAssembly()!.GetCustomAttribute<AssemblyInformationalVersionAttribute>();
            Console.WriteLine(version!.InformationalVersion);
            return 0;
        }
        try
        {
            using var host = build();
            var services = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
            await host.RunAsync();
            // A service that fails ends the host, which treats that as an orderly end.
            var failed = services.Find(service => service.ExecuteTask is { IsFaulted: true });
            if (failed?.ExecuteTask?.Exception is { } failure) throw failure;
            return Environment.ExitCode;
        }
        catch (Exception exception)
        {
            StartFailure.Say(StartFailure.Explain(exception, isForOperator));
            return 1;
        }
    }
}
