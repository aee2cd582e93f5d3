using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OrleansChat.Storage;

/// <summary>Makes the database ready before the other services of a host start, and stops the host that loses it.</summary>
internal sealed class StorageStartup(
    Database database, StorageOptions options, IServiceProvider services, IHostApplicationLifetime lifetime) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        // Before the migrations: they must not change tables under a host of the other kind.
        if (services.GetService<HostLock>() is { } hostLock)
        {
            await hostLock.AcquireAsync(options.HostLockWait, cancellationToken);
            _ = hostLock.Lost.ContinueWith(
                _ => lifetime.StopApplication(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
        await database.InitializeAsync(cancellationToken);
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
}
