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
    /// <summary>Settings are read once. A file that is watched takes an inotify instance, of which a machine may have none left.</summary>
    private static readonly string[] NoWatchers = ["--hostBuilder:reloadConfigOnChange=false"];

    /// <summary>How long a stop waits for commands in flight, and a silo for its grains.</summary>
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Begins a host with what all programs have in common: their settings, read and checked, the log, the clock, the drain.
    /// </summary>
    /// <exception cref="ConfigurationException">A setting is missing or wrong.</exception>
    public static (WebApplicationBuilder Builder, TOptions Options) CreateBuilder<TOptions>(string[] args)
        where TOptions : IProgramOptions, new()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            Args = NoWatchers,
        });
        builder.Configuration.AddSources<TOptions>(args);
        var options = ChatConfiguration.Read<TOptions>(builder.Configuration);
        options.Check();
        builder.Logging.AddConsoleLog();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddHostedService<IdleMemory>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = DrainTimeout);
        return (builder, options);
    }

    /// <summary>Watches this machine's clock: see <see cref="ClockWatch"/>.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="connect">Makes a connection to the database, and does not open it.</param>
    public static void AddClockWatch(this IServiceCollection services, Func<IServiceProvider, DbConnection> connect) =>
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<ClockWatch>(provider, () => connect(provider)));

    /// <summary>
    /// Builds and runs a host. Why it could not start is said in a line: see <see cref="StartFailure"/>. A program that was
    /// started with <c>--version</c> alone says its version instead.
    /// </summary>
    /// <param name="build">Builds the host.</param>
    /// <param name="isForOperator">Which of the host's own exceptions have a message for the operator.</param>
    /// <returns>The exit code: 0, or 1 when it could not start or go on.</returns>
    public static async Task<int> RunAsync(Func<IHost> build, Predicate<Exception> isForOperator)
    {
        if (Environment.GetCommandLineArgs() is [_, "--version"])
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
            // One that fails ends the host, which takes that for an end in order.
            var failed = services.Find(service => service.ExecuteTask is { IsFaulted: true });
            if (failed?.ExecuteTask?.Exception is { } failure) throw failure;
            return Environment.ExitCode;
        }
        catch (Exception e)
        {
            StartFailure.Say(StartFailure.Explain(e, isForOperator));
            return 1;
        }
    }
}
