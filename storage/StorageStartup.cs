using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;

namespace OrleansChat.Storage;

/// <summary>Prepares the database before the other services of a host start, and stops a host that loses its host lock.</summary>
internal sealed partial class StorageStartup(
    Database database, StorageOptions options, IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<StorageStartup> logger) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await DatabaseCheck.WaitAsync(
            database.DataSource, DatabaseCheck.Patience, reason => LogWaiting(DatabaseCheck.Patience.TotalSeconds, reason),
            time, cancellationToken);
        await DatabaseCheck.RequireAsync(database.DataSource, cancellationToken);
        // Before the migrations, which must not change tables under silos that are incompatible with this one.
        if (services.GetService<HostLock>() is { } hostLock)
        {
            await hostLock.AcquireAsync(options.HostLockWait, cancellationToken);
            _ = hostLock.Lost.ContinueWith(
                _ => StopWithFailure(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        var found = options.Migrate
            ? await Migrator.MigrateAsync(database.DataSource, cancellationToken, LogMigrating)
            : Migrator.ProgramVersion;
        if (found < Migrator.ProgramVersion) LogMigrated(found, Migrator.ProgramVersion);
        var version = await Migrator.CheckAsync(database.DataSource, cancellationToken);
        await database.ReadDurabilityAsync(cancellationToken);
        if (version > Migrator.ProgramVersion) LogNewer(version, Migrator.ProgramVersion);
        else await OrleansStatements.OfThisProgram.CheckAsync(database.DataSource, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends the process with a failure, so that its supervisor starts it again.</summary>
    private void StopWithFailure()
    {
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    [LoggerMessage(3010, LogLevel.Information, "Migrated the database schema from version {From} to {To}.")]
    private partial void LogMigrated(int from, int to);

    [LoggerMessage(
        3011, LogLevel.Information,
        "The database has schema version {Version}, newer than this program's {Program}, which can use it.")]
    private partial void LogNewer(int version, int program);

    [LoggerMessage(3012, LogLevel.Warning, "The database cannot be reached yet; retrying for {Seconds} s. {Reason}")]
    private partial void LogWaiting(double seconds, string reason);

    [LoggerMessage(3013, LogLevel.Information, "{Progress}")]
    private partial void LogMigrating(string progress);
}
