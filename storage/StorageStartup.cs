using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;

namespace OrleansChat.Storage;

/// <summary>Makes the database ready before the other services of a host start, and stops the host that loses it.</summary>
internal sealed partial class StorageStartup(
    Database database, StorageOptions options, IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<StorageStartup> logger) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await DatabaseCheck.WaitAsync(
            database.DataSource, DatabaseCheck.Patience, reason => LogWaits(logger, reason, DatabaseCheck.Patience.TotalSeconds),
            time, cancellationToken);
        await DatabaseCheck.RequireAsync(database.DataSource, cancellationToken);
        // Before the migrations: they must not change tables under silos that this one does not go with.
        if (services.GetService<HostLock>() is { } hostLock)
        {
            await hostLock.AcquireAsync(options.HostLockWait, cancellationToken);
            _ = hostLock.Lost.ContinueWith(
                _ => StopWithFailure(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        var found = options.Migrate ? await Migrator.MigrateAsync(database.DataSource, cancellationToken) : Migrator.ProgramVersion;
        if (found < Migrator.ProgramVersion) LogMigrated(logger, found, Migrator.ProgramVersion);
        var version = await Migrator.CheckAsync(database.DataSource, cancellationToken);
        await database.ReadDurabilityAsync(cancellationToken);
        if (version > Migrator.ProgramVersion) LogNewer(logger, version, Migrator.ProgramVersion);
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

    /// <summary>Ends the process so that whoever watches it starts it again.</summary>
    private void StopWithFailure()
    {
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The database schema was brought from version {From} to {To}.")]
    private static partial void LogMigrated(ILogger logger, int from, int to);

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The database has schema version {Version}, newer than this program's {Program}, which can use it.")]
    private static partial void LogNewer(ILogger logger, int version, int program);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database cannot be reached yet: {Reason}. It is tried again for {Seconds} s.")]
    private static partial void LogWaits(ILogger logger, string reason, double seconds);
}
